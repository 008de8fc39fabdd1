// The settings of a run: command line and environment, as read at start (startup/options.cpp).
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace habu {

struct Config {
  // Options (names as in sys.flags).
  int debug = 0, inspect = 0, interactive = 0, optimize = 0, dont_write_bytecode = 0, no_user_site = 0, no_site = 0;
  int ignore_environment = 0, verbose = 0, bytes_warning = 0, quiet = 0, isolated = 0;
  bool dev_mode = false, safe_path = false, utf8_mode = false, warn_default_encoding = false;
  bool unbuffered = false, skip_first_line = false, import_time = false, fault_handler = false;
  int tracemalloc = 0;  // frames to keep; 0: off
  int int_max_str_digits = -1;
  bool hash_randomization = true;
  uint32_t hash_seed = 0;  // when not randomised
  std::string check_hash_pycs = "default", pycache_prefix;
  bool has_pycache_prefix = false;
  bool frozen_modules = true;
  bool debug_ranges = true;  // columns in code objects
  std::vector<std::string> x_options;     // -X
  std::vector<std::string> warn_options;  // PYTHONWARNINGS, then -W

  // What to run.
  enum class Run { Repl, Command, Module, File, Stdin } run = Run::Repl;
  std::string target;  // command text, module name or file
  std::vector<std::string> argv, original_argv;

  // Where things are.
  std::string program;                    // argv[0]
  std::string executable, base_executable;
  std::string prefix, exec_prefix, base_prefix, base_exec_prefix, stdlib, home;
  std::vector<std::string> module_paths;  // sys.path before site and before path[0]
  std::string io_encoding, io_errors;     // PYTHONIOENCODING
};

}  // namespace habu
