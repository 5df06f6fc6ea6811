"""Drafts 草稿: what somebody has typed into a form and not sent yet.

Words: *draft* 草稿, *go on* 接着写, *throw away* 不要了. A draft belongs to one account; nobody else
ever reads it, whoever sits at the same desk. It is kept under the token of the form it was typed
into, and ends when an act is done under that token.
"""
