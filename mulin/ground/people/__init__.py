"""The roll: a person once per community, with or without an account.

Words: *person* 居民, *household* 户, *organisation* 单位, *new resident* 新居民,
*home town* 老家 (fellow-townspeople are 老乡), *consent* 同意, *merge* 并档.
Sensitive fields are encrypted, found by blind index, masked in lists; every reveal is recorded.
"""
