"""The customization of a process under test: it plants what `PYTHON_PLANTED` names, as
module:function, before anything of ours runs. Nothing in the product knows of it."""

import os
from importlib import import_module

for _each in os.environ.get("PYTHON_PLANTED", "").split():
    _module, _, _name = _each.partition(":")
    getattr(import_module(_module), _name)()
