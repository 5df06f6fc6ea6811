"""Forms on paper: printed from their definition, photographed or scanned, read, looked at, taken.

*Sheet* 纸质表单 — one printed copy with its own random serial. *Scan* 来件 — a photo or a PDF that
somebody took in. *Reading* 识读 — one picture of it: which sheet it is, what the reader saw, what
is the matter with it. *Look* 核对 — a person goes over what was read beside the picture.

A room registers each of its forms (`registry.py`) with what becomes of it. The reader only
proposes: nothing becomes a record that no person has looked at.
"""
