"""Upkeep 养护: what keeps a running house whole — backup, restore, a try of the restore, moving.

Words: *backup* 备份, *restore* 恢复, *try* 试恢复, *staging* the place where a backup is unpacked
and proved before it takes the place of what is there, *put aside* what was there before.

A backup is one sealed file (`sealing`) of members (`archive`); `snapshot` takes them from a running
database, `staged` proves them in a data folder of their own, `placing` puts them in place.
"""
