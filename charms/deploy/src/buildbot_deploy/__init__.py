"""Sets up a Buildbot master and workers on one machine, without Juju, with the same workload code as the charms."""
