"""The wheel holds a shared library for one platform, and no code for one Python."""

import os

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel


class PlatformDistribution(Distribution):
    def has_ext_modules(self):
        return True


class PlatformWheel(bdist_wheel):
    def get_tag(self):
        return ("py3", "none", os.environ["TAUSONITE_PLATFORM"])


setup(distclass=PlatformDistribution, cmdclass={"bdist_wheel": PlatformWheel})
