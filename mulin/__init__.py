"""Mulin 睦邻: the software on which a residential community runs its own life.

SQLite between 3.7.0 and 3.51.2 can damage a WAL database when two connections
reset the log at the same moment. The wheel `pysqlite3` carries a release without
that fault, so it takes the place of the standard module before anything opens a
database.
"""

import sys

import pysqlite3

sys.modules["sqlite3"] = pysqlite3
sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2

__version__ = "0.1.0"
