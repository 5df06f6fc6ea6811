"""Lists taken away as files: Excel with every text as text, or CSV for programs.

A room registers what can be taken away; somebody asks for it and says what for; the worker makes
the file beside the pages, so that nobody waits before one; whoever asked fetches it within a day
and nobody else ever can. Asking and fetching are acts.

Words: *list* 清单, *take away as a file* 导出, *what for* 用途.
"""
