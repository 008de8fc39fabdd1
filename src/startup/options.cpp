#include "startup/options.h"

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <locale.h>

#include <cstring>
#include <string_view>

#include "startup/help.h"

namespace habu {

namespace {

constexpr std::string_view kWithArgument = "cmWX";
constexpr std::string_view kKnown = "bBcdEhiIJmOPqRsStuvVWxX?";

int usageError(const Config& c) {
  std::fprintf(stderr, "usage: %s [option] ... [-c cmd | -m mod | file | -] [arg] ...\nTry `python -h' for more information.\n",
               c.program.c_str());
  return 2;
}

int fatal(const char* where, const char* message) {
  std::fprintf(stderr, "Fatal Python error: %s: %s\nPython runtime state: preinitialized\n\n", where, message);
  return 1;
}

// The value of an environment variable; null when unset, empty or ignored.
const char* variable(const Config& c, const char* name) {
  if (c.ignore_environment) return nullptr;
  const char* v = std::getenv(name);
  return v && *v ? v : nullptr;
}

bool parseInt(const char* text, long& out) {
  char* end;
  errno = 0;
  out = std::strtol(text, &end, 10);
  return end != text && *end == 0 && errno == 0;
}

// Options such as -v that may also be given as PYTHONVERBOSE=2.
void flagFromEnvironment(const Config& c, const char* name, int& flag) {
  const char* v = variable(c, name);
  if (!v) return;
  long n;
  int level = parseInt(v, n) && n >= 0 && n < INT_MAX ? int(n) : 1;
  if (level > flag) flag = level;
}

class Reader {
 public:
  Reader(int argc, char** argv, Config& config) : argc_(argc), argv_(argv), config_(config) {}

  int read() {
    for (int i = 0; i < argc_; ++i) config_.original_argv.emplace_back(argv_[i]);
    config_.program = argc_ ? argv_[0] : "habu";
    while (at_ < argc_ && !target_set_) {
      const char* arg = argv_[at_];
      if (arg[0] != '-' || arg[1] == 0) break;
      ++at_;
      if (std::strcmp(arg, "--") == 0) break;
      int status = arg[1] == '-' ? longOption(arg) : shortOptions(arg + 1);
      if (status >= 0) return status;
    }
    if (show_help_) return printHelp(config_.program), 0;
    if (show_version_) return printVersion(show_version_ > 1), 0;
    rest();
    return environment();
  }

 private:
  int longOption(const char* arg) {
    std::string_view a = arg;
    if (a == "--help") return printHelp(config_.program), 0;
    if (a == "--help-env") return printHelpEnvironment(), 0;
    if (a == "--help-xoptions") return printHelpXOptions(), 0;
    if (a == "--help-all") {
      printHelp(config_.program);
      std::putchar('\n');
      printHelpEnvironment();
      std::putchar('\n');
      printHelpXOptions();
      return 0;
    }
    if (a == "--version") return ++show_version_, -1;
    if (a == "--check-hash-based-pycs") {
      if (at_ >= argc_) {
        std::fprintf(stderr, "Argument expected for the --check-hash-based-pycs option\n");
        return usageError(config_);
      }
      config_.check_hash_pycs = argv_[at_++];
      const std::string& v = config_.check_hash_pycs;
      if (v == "always" || v == "never" || v == "default") return -1;
      std::fprintf(stderr, "--check-hash-based-pycs must be one of 'default', 'always', or 'never'\n");
      return usageError(config_);
    }
    std::fprintf(stderr, "unknown option %s\n", arg);
    return usageError(config_);
  }

  int shortOptions(const char* p) {
    for (; *p; ++p) {
      char o = *p;
      if (o == 'J') {
        std::fprintf(stderr, "-J is reserved for Jython\n");
        return usageError(config_);
      }
      if (kKnown.find(o) == kKnown.npos) {
        std::fprintf(stderr, "Unknown option: -%c\n", o);
        return usageError(config_);
      }
      if (kWithArgument.find(o) == kWithArgument.npos) {
        flag(o);
        continue;
      }
      const char* value = p[1] ? p + 1 : at_ < argc_ ? argv_[at_++] : nullptr;
      if (!value) {
        std::fprintf(stderr, "Argument expected for the -%c option\n", o);
        return usageError(config_);
      }
      withArgument(o, value);
      return -1;
    }
    return -1;
  }

  void flag(char o) {
    Config& c = config_;
    switch (o) {
      case 'b': ++c.bytes_warning; break;
      case 'B': ++c.dont_write_bytecode; break;
      case 'd': ++c.debug; break;
      case 'E': ++c.ignore_environment; break;
      case 'h':
      case '?': show_help_ = true; break;
      case 'i': ++c.inspect; ++c.interactive; break;
      case 'I':
        ++c.isolated;
        ++c.ignore_environment;
        ++c.no_user_site;
        c.safe_path = true;
        break;
      case 'O': ++c.optimize; break;
      case 'P': c.safe_path = true; break;
      case 'q': ++c.quiet; break;
      case 's': ++c.no_user_site; break;
      case 'S': ++c.no_site; break;
      case 'u': c.unbuffered = true; break;
      case 'v': ++c.verbose; break;
      case 'V': ++show_version_; break;
      case 'x': c.skip_first_line = true; break;
      default: break;  // R and t: accepted, without effect
    }
  }

  void withArgument(char o, const char* value) {
    switch (o) {
      case 'c':
        config_.run = Config::Run::Command;
        config_.target = std::string(value) + "\n";
        target_set_ = true;
        break;
      case 'm':
        config_.run = Config::Run::Module;
        config_.target = value;
        target_set_ = true;
        break;
      case 'W': warnings_.emplace_back(value); break;
      default: config_.x_options.emplace_back(value);
    }
  }

  // Everything behind the options: script and its arguments.
  void rest() {
    Config& c = config_;
    switch (c.run) {
      case Config::Run::Command: c.argv.emplace_back("-c"); break;
      case Config::Run::Module: c.argv.emplace_back("-m"); break;
      default:
        if (at_ < argc_ && std::strcmp(argv_[at_], "-") != 0) {
          c.run = Config::Run::File;
          c.target = argv_[at_++];
          c.argv.push_back(c.target);
        } else {
          c.run = Config::Run::Stdin;
          c.argv.emplace_back(at_ < argc_ ? argv_[at_++] : "");
        }
    }
    for (; at_ < argc_; ++at_) c.argv.emplace_back(argv_[at_]);
  }

  const std::string* xOption(std::string_view name) const {
    for (size_t i = config_.x_options.size(); i-- > 0;) {
      const std::string& o = config_.x_options[i];
      if (std::string_view(o).substr(0, o.find('=')) == name) return &o;
    }
    return nullptr;
  }
  static std::string xValue(const std::string& option) {
    size_t equals = option.find('=');
    return equals == option.npos ? "" : option.substr(equals + 1);
  }

  static bool inPlainLocale() {
    setlocale(LC_CTYPE, "");
    const char* ctype = setlocale(LC_CTYPE, nullptr);
    return ctype && (std::strcmp(ctype, "C") == 0 || std::strcmp(ctype, "POSIX") == 0);
  }

  int environment() {
    Config& c = config_;
    flagFromEnvironment(c, "PYTHONDEBUG", c.debug);
    flagFromEnvironment(c, "PYTHONVERBOSE", c.verbose);
    flagFromEnvironment(c, "PYTHONOPTIMIZE", c.optimize);
    flagFromEnvironment(c, "PYTHONDONTWRITEBYTECODE", c.dont_write_bytecode);
    flagFromEnvironment(c, "PYTHONNOUSERSITE", c.no_user_site);
    flagFromEnvironment(c, "PYTHONINSPECT", c.inspect);
    if (variable(c, "PYTHONUNBUFFERED")) c.unbuffered = true;
    if (variable(c, "PYTHONSAFEPATH")) c.safe_path = true;
    c.dev_mode = xOption("dev") || variable(c, "PYTHONDEVMODE");
    c.import_time = xOption("importtime") || variable(c, "PYTHONPROFILEIMPORTTIME");
    c.fault_handler = xOption("faulthandler") || variable(c, "PYTHONFAULTHANDLER") || c.dev_mode;
    c.warn_default_encoding = xOption("warn_default_encoding") || variable(c, "PYTHONWARNDEFAULTENCODING");
    if (const std::string* o = xOption("utf8")) c.utf8_mode = xValue(*o) != "0";
    else if (const char* v = variable(c, "PYTHONUTF8")) c.utf8_mode = std::strcmp(v, "1") == 0;
    else c.utf8_mode = inPlainLocale();  // PEP 540
    if (const std::string* o = xOption("pycache_prefix")) c.pycache_prefix = xValue(*o);
    else if (const char* v = variable(c, "PYTHONPYCACHEPREFIX")) c.pycache_prefix = v;
    c.has_pycache_prefix = !c.pycache_prefix.empty();
    if (const std::string* o = xOption("frozen_modules")) c.frozen_modules = xValue(*o) != "off";
    c.debug_ranges = !xOption("no_debug_ranges") && !variable(c, "PYTHONNODEBUGRANGES");
    ioEncoding();
    warnOptions();
    int status = hashSeed();
    if (status < 0) status = maxStrDigits();
    if (status < 0) status = tracemalloc();
    return status;
  }

  void ioEncoding() {
    const char* v = variable(config_, "PYTHONIOENCODING");
    if (!v) return;
    const char* colon = std::strchr(v, ':');
    config_.io_encoding = colon ? std::string(v, colon) : v;
    if (colon) config_.io_errors = colon + 1;
    if (!config_.io_encoding.empty() && config_.io_errors.empty()) config_.io_errors = "strict";
  }

  // Order of sys.warnoptions: development mode, environment, -W, -b.
  void warnOptions() {
    Config& c = config_;
    if (c.dev_mode) c.warn_options.emplace_back("default");
    if (const char* v = variable(c, "PYTHONWARNINGS")) {
      for (const char* p = v; *p;) {
        const char* comma = std::strchr(p, ',');
        size_t n = comma ? size_t(comma - p) : std::strlen(p);
        if (n) c.warn_options.emplace_back(p, n);
        p += n + (comma ? 1 : 0);
      }
    }
    for (std::string& w : warnings_) c.warn_options.push_back(std::move(w));
    if (c.bytes_warning > 1) c.warn_options.emplace_back("error::BytesWarning");
    else if (c.bytes_warning) c.warn_options.emplace_back("default::BytesWarning");
  }

  int hashSeed() {
    const char* v = variable(config_, "PYTHONHASHSEED");
    if (!v || std::strcmp(v, "random") == 0) return -1;
    char* end;
    errno = 0;
    unsigned long long seed = std::strtoull(v, &end, 10);
    if (*end || errno || seed > UINT_MAX || *v == '-')
      return fatal("config_init_hash_seed", "PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]");
    config_.hash_randomization = false;
    config_.hash_seed = uint32_t(seed);
    return -1;
  }

  int maxStrDigits() {
    long n;
    if (const char* v = variable(config_, "PYTHONINTMAXSTRDIGITS")) {
      if (!parseInt(v, n) || !(n == 0 || (n >= 640 && n <= INT_MAX)))
        return fatal("config_init_int_max_str_digits", "PYTHONINTMAXSTRDIGITS: invalid limit; must be >= 640 or 0 for unlimited.");
      config_.int_max_str_digits = int(n);
    }
    if (const std::string* o = xOption("int_max_str_digits")) {
      if (!parseInt(xValue(*o).c_str(), n) || !(n == 0 || (n >= 640 && n <= INT_MAX)))
        return fatal("config_init_int_max_str_digits", "-X int_max_str_digits: invalid limit; must be >= 640 or 0 for unlimited.");
      config_.int_max_str_digits = int(n);
    }
    return -1;
  }

  int tracemalloc() {
    long n;
    if (const char* v = variable(config_, "PYTHONTRACEMALLOC")) {
      if (!parseInt(v, n) || n < 0) return fatal("config_init_tracemalloc", "PYTHONTRACEMALLOC: invalid number of frames");
      config_.tracemalloc = int(n);
    }
    if (const std::string* o = xOption("tracemalloc")) {
      std::string value = xValue(*o);
      if (value.empty()) config_.tracemalloc = 1;
      else if (!parseInt(value.c_str(), n) || n < 0)
        return fatal("config_init_tracemalloc", "-X tracemalloc=NFRAME: invalid number of frames");
      else config_.tracemalloc = int(n);
    }
    return -1;
  }

  int argc_;
  char** argv_;
  Config& config_;
  int at_ = 1;
  int show_version_ = 0;
  bool show_help_ = false, target_set_ = false;
  std::vector<std::string> warnings_;
};

}  // namespace

int readOptions(int argc, char** argv, Config& config) { return Reader(argc, argv, config).read(); }

}  // namespace habu
