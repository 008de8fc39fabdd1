#include "startup/paths.h"

#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>

namespace habu {

namespace {

bool isExecutableFile(const std::string& path) {
  struct stat s;
  return stat(path.c_str(), &s) == 0 && S_ISREG(s.st_mode) && access(path.c_str(), X_OK) == 0;
}

std::string currentFolder() {
  char buffer[PATH_MAX];
  return getcwd(buffer, sizeof buffer) ? buffer : "";
}

std::string absolute(const std::string& path) {
  if (path.empty() || path[0] == '/') return path;
  std::string rest = path.compare(0, 2, "./") == 0 ? path.substr(2) : path;
  return currentFolder() + "/" + rest;
}

std::string folderOf(const std::string& path) {
  size_t slash = path.rfind('/');
  return slash == path.npos ? "" : path.substr(0, slash ? slash : 1);
}

// As the shell found it: argv[0] with a slash, or the first match on PATH.
std::string findProgram(const std::string& program) {
  if (program.find('/') != program.npos) return absolute(program);
  const char* path = std::getenv("PATH");
  for (const char* p = path ? path : ""; *p;) {
    const char* colon = std::strchr(p, ':');
    std::string folder(p, colon ? size_t(colon - p) : std::strlen(p));
    std::string candidate = (folder.empty() ? currentFolder() : folder) + "/" + program;
    if (isExecutableFile(candidate)) return absolute(candidate);
    if (!colon) break;
    p = colon + 1;
  }
  char self[PATH_MAX];
  ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
  return n > 0 ? std::string(self, size_t(n)) : "";
}

// `home` of a virtual environment's pyvenv.cfg beside the program or one folder up; empty: not in one.
std::string virtualEnvironmentHome(const std::string& executable) {
  std::string folder = folderOf(executable);
  for (const std::string& place : {folder, folderOf(folder)}) {
    std::ifstream file(place + "/pyvenv.cfg");
    std::string line;
    while (std::getline(file, line)) {
      size_t equals = line.find('=');
      if (equals == line.npos) continue;
      std::string key = line.substr(0, equals);
      key.erase(0, key.find_first_not_of(" \t"));
      key.erase(key.find_last_not_of(" \t") + 1);
      if (key != "home") continue;
      std::string value = line.substr(equals + 1);
      size_t start = value.find_first_not_of(" \t");
      if (start == value.npos) return "";
      return value.substr(start, value.find_last_not_of(" \t\r") + 1 - start);
    }
  }
  return "";
}

}  // namespace

void computePaths(Config& c) {
  // What __file__ and tracebacks show, "./" and all; sys.argv[0] stays as given.
  if (c.run == Config::Run::File && c.target[0] != '/') c.target = currentFolder() + "/" + c.target;
  c.executable = findProgram(c.program);
  std::string home = virtualEnvironmentHome(c.executable);
  size_t slash = c.executable.rfind('/');
  c.base_executable = home.empty() ? c.executable : home + c.executable.substr(slash == std::string::npos ? 0 : slash);
  c.prefix = c.exec_prefix = "/usr";
  const char* python_home = c.ignore_environment ? nullptr : std::getenv("PYTHONHOME");
  if (python_home && *python_home) {
    c.home = python_home;
    size_t colon = c.home.find(':');
    c.prefix = c.home.substr(0, colon);
    c.exec_prefix = colon == std::string::npos ? c.prefix : c.home.substr(colon + 1);
  }
  c.base_prefix = c.prefix;
  c.base_exec_prefix = c.exec_prefix;
  c.stdlib = c.prefix + "/lib/python3.11";
  if (const char* path = c.ignore_environment ? nullptr : std::getenv("PYTHONPATH"); path && *path) {
    for (const char* p = path;;) {
      const char* colon = std::strchr(p, ':');
      c.module_paths.emplace_back(p, colon ? size_t(colon - p) : std::strlen(p));
      if (!colon) break;
      p = colon + 1;
    }
  }
  c.module_paths.push_back(c.prefix + "/lib/python311.zip");
  c.module_paths.push_back(c.stdlib);
  c.module_paths.push_back(c.exec_prefix + "/lib/python3.11/lib-dynload");
}

bool firstPath(const Config& c, std::string& folder) {
  if (c.safe_path) return false;
  switch (c.run) {
    case Config::Run::Module: folder = currentFolder(); return true;
    case Config::Run::File: {
      char resolved[PATH_MAX];
      std::string file = realpath(c.target.c_str(), resolved) ? resolved : c.target;
      folder = folderOf(file);
      return true;
    }
    default: folder = ""; return true;
  }
}

}  // namespace habu
