# Written by the deployment: changes made here are lost.
import json
import os
from pathlib import Path

from buildbot_worker.bot import Worker
from twisted.application import service
from twisted.python.log import FileLogObserver, ILogObserver
from twisted.python.logfile import LogFile

basedir = os.path.abspath(os.path.dirname(__file__))
application = service.Application('buildbot-worker')
log = LogFile.fromFullPath(os.path.join(basedir, "twistd.log"), rotateLength=10_000_000, maxRotatedFiles=5)
application.setComponent(ILogObserver, FileLogObserver(log).emit)

joins = json.loads(Path(basedir, "joins.json").read_text(encoding="utf-8"))
Worker(
    joins["host"],
    joins["port"],
    joins["name"],
    Path(basedir, "password").read_text(encoding="utf-8").strip(),
    basedir,
    joins["keepalive_seconds"],
    umask=0o022,
    maxdelay=60,
    # SIGHUP: end as soon as no build is running.
    allow_shutdown="signal",
    delete_leftover_dirs=False,
).setServiceParent(application)
