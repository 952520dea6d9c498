"""x"""
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
class BundleHook(BuildHookInterface):
    pass
