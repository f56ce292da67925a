from splx.scenario import Mutex

stats = Mutex("stats")
