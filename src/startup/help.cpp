#include "startup/help.h"

#include <cstdio>

namespace habu {

void printHelp(const std::string& program) {
  std::printf("usage: %s [option] ... [-c cmd | -m mod | file | -] [arg] ...\n", program.c_str());
  std::fputs(
      "Habu, a Python 3.11 virtual machine. Options and the environment variables that stand for them:\n"
      "-b     : warn of str(bytes) and of comparing bytes with str (-bb: raise)\n"
      "-B     : write no .pyc files (PYTHONDONTWRITEBYTECODE=x)\n"
      "-c cmd : run a program given as text (ends the options)\n"
      "-d     : parser debugging (PYTHONDEBUG=x); no effect in release builds\n"
      "-E     : ignore all PYTHON* environment variables\n"
      "-h     : this help (also -? or --help)\n"
      "-i     : go on with a prompt after the program; prompt even if stdin is no\n"
      "         terminal (PYTHONINSPECT=x)\n"
      "-I     : run apart from the user's environment (-E, -P and -s)\n"
      "-m mod : run a module of the library as a program (ends the options)\n"
      "-O     : leave out assert statements and `if __debug__` (PYTHONOPTIMIZE=x)\n"
      "-OO    : the same, and leave out docstrings\n"
      "-P     : put no possibly unsafe folder in front of sys.path (PYTHONSAFEPATH=x)\n"
      "-q     : no greeting before the prompt\n"
      "-s     : without the user's own site-packages (PYTHONNOUSERSITE=x)\n"
      "-S     : do not import site at start\n"
      "-u     : unbuffered stdout and stderr (PYTHONUNBUFFERED=x)\n"
      "-v     : tell of every import (PYTHONVERBOSE=x); twice: in detail\n"
      "-V     : the version (also --version); twice: more about the build\n"
      "-W arg : warning filter, action:message:category:module:lineno\n"
      "         (PYTHONWARNINGS=arg)\n"
      "-x     : skip the first line of the program\n"
      "-X opt : an option of the implementation (--help-xoptions)\n"
      "--check-hash-based-pycs always|default|never:\n"
      "         whether hash-based .pyc files are checked against their source\n"
      "--help-env      : the environment variables\n"
      "--help-xoptions : the -X options\n"
      "--help-all      : all three texts\n"
      "Arguments:\n"
      "file   : the program to run\n"
      "-      : the program comes from stdin (the default; a prompt on a terminal)\n"
      "arg ...: sys.argv[1:] of the program\n",
      stdout);
}

void printHelpEnvironment() {
  std::fputs(
      "Environment variables:\n"
      "PYTHONSTARTUP   : file to run before the first prompt\n"
      "PYTHONPATH      : folders to put in front of sys.path, ':' between them\n"
      "PYTHONSAFEPATH  : put no possibly unsafe folder in front of sys.path\n"
      "PYTHONHOME      : prefix of the standard library (<prefix>/lib/python3.11)\n"
      "PYTHONUTF8      : 1 turns UTF-8 mode on\n"
      "PYTHONIOENCODING: encoding[:errors] of stdin, stdout and stderr\n"
      "PYTHONFAULTHANDLER: print the Python stack on fatal signals\n"
      "PYTHONHASHSEED  : `random`, or a number from 0 to 4294967295 that makes the\n"
      "                  hashes of str and bytes the same in every run\n"
      "PYTHONINTMAXSTRDIGITS: limit of digits in int <-> str conversions; 0: none\n"
      "PYTHONBREAKPOINT: what breakpoint() calls; 0: nothing\n"
      "PYTHONDEVMODE   : development mode\n"
      "PYTHONPYCACHEPREFIX: root folder for .pyc files\n"
      "PYTHONWARNDEFAULTENCODING: EncodingWarning where encoding=None is used\n"
      "Variables that stand for options: PYTHONDEBUG (-d), PYTHONDONTWRITEBYTECODE\n"
      "(-B), PYTHONINSPECT (-i), PYTHONNOUSERSITE (-s), PYTHONOPTIMIZE (-O),\n"
      "PYTHONUNBUFFERED (-u), PYTHONVERBOSE (-v), PYTHONWARNINGS (-W)\n",
      stdout);
}

void printHelpXOptions() {
  std::fputs(
      "Options of the implementation:\n"
      "-X dev                 : development mode: more warnings and checks\n"
      "-X faulthandler        : print the Python stack on fatal signals\n"
      "-X frozen_modules=on|off: whether the modules built into the program are used\n"
      "-X importtime          : how long each import takes\n"
      "-X int_max_str_digits=N: limit of digits in int <-> str conversions; 0: none\n"
      "-X pycache_prefix=PATH : root folder for .pyc files\n"
      "-X tracemalloc[=N]     : trace memory allocations, keeping N frames of each\n"
      "-X utf8[=0]            : UTF-8 mode\n"
      "-X warn_default_encoding: EncodingWarning where encoding=None is used\n",
      stdout);
}

void printVersion(bool detailed) {
  if (detailed) std::printf("Python 3.11.2 (Habu " HABU_VERSION ", main) [Clang " __clang_version__ "]\n");
  else std::printf("Python 3.11.2\n");
}

}  // namespace habu
