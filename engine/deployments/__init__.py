"""Publishing: processes, forms and decisions become versions that running instances keep for ever.

A version's content hash covers the diagram, the forms and decisions it uses and the versions it calls: publishing the
same twice changes nothing, and a changed form or decision makes a new version of every process that uses it.
"""

from engine.deployments.checking import check, compiled
from engine.deployments.publishing import Published, publish
from engine.deployments.sources import Sources, read_sources

__all__ = ["Published", "Sources", "check", "compiled", "publish", "read_sources"]
