# Written by the deployment: changes made here are lost.
import os

from buildbot.master import BuildMaster
from twisted.application import service
from twisted.python.log import FileLogObserver, ILogObserver
from twisted.python.logfile import LogFile

basedir = os.path.abspath(os.path.dirname(__file__))
application = service.Application('buildmaster')
log = LogFile.fromFullPath(os.path.join(basedir, "twistd.log"), rotateLength=10_000_000, maxRotatedFiles=5)
application.setComponent(ILogObserver, FileLogObserver(log).emit)
BuildMaster(basedir, "master.cfg").setServiceParent(application)
