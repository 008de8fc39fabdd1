// sys: constants, the settings of the run, and the facts about numbers.
#include <cfloat>
#include <climits>
#include <string>

#include "modules/import.h"
#include "modules/sys/sys.h"
#include "object/config.h"
#include "object/interpreter.h"
#include "object/module_def.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/namespace.h"
#include "types/set.h"
#include "types/str.h"
#include "types/structseq.h"
#include "types/tuple.h"

namespace habu {

#define MODULE(name, definition) #name,
constexpr const char* kBuiltinNames[] = {
#include "modules/modules.def"
};
#undef MODULE

namespace sys {

namespace {

constexpr int kMajor = 3, kMinor = 11, kMicro = 2;
constexpr long kHexVersion = kMajor << 24 | kMinor << 16 | kMicro << 8 | 0xF0;

constexpr StructSeqField kFlagFields[] = {
    {"debug", "-d"}, {"inspect", "-i"}, {"interactive", "-i"}, {"optimize", "-O or -OO"}, {"dont_write_bytecode", "-B"},
    {"no_user_site", "-s"}, {"no_site", "-S"}, {"ignore_environment", "-E"}, {"verbose", "-v"}, {"bytes_warning", "-b"},
    {"quiet", "-q"}, {"hash_randomization", "-R"}, {"isolated", "-I"}, {"dev_mode", "-X dev"}, {"utf8_mode", "-X utf8"},
    {"warn_default_encoding", "-X warn_default_encoding"}, {"safe_path", "-P"}, {"int_max_str_digits", "-X int_max_str_digits"}, {}};
constexpr StructSeqDesc kFlagsDesc = {"sys.flags", "The options of the run.", kFlagFields, 18};

constexpr StructSeqField kVersionFields[] = {{"major", "Major release number"}, {"minor", "Minor release number"},
                                             {"micro", "Patch release number"}, {"releaselevel", "'alpha', 'beta', 'candidate', or 'final'"},
                                             {"serial", "Serial release number"}, {}};
constexpr StructSeqDesc kVersionDesc = {"sys.version_info", "Version information as a named tuple.", kVersionFields, 5};

constexpr StructSeqField kFloatFields[] = {
    {"max", "Largest finite float"}, {"max_exp", "2**(max_exp-1) is finite"}, {"max_10_exp", "10**max_10_exp is finite"},
    {"min", "Smallest positive normal float"}, {"min_exp", "2**(min_exp-1) is normal"}, {"min_10_exp", "10**min_10_exp is normal"},
    {"dig", "Decimal digits that survive a round trip"}, {"mant_dig", "Mantissa digits"}, {"epsilon", "Next float after 1, minus 1"},
    {"radix", "Base of the exponent"}, {"rounds", "Rounding mode"}, {}};
constexpr StructSeqDesc kFloatDesc = {"sys.float_info", "Limits of the float type.", kFloatFields, 11};

constexpr StructSeqField kIntFields[] = {{"bits_per_digit", "Bits in a digit"}, {"sizeof_digit", "Bytes of a digit"},
                                         {"default_max_str_digits", "Default of set_int_max_str_digits()"},
                                         {"str_digits_check_threshold", "Smallest limit that may be set"}, {}};
constexpr StructSeqDesc kIntDesc = {"sys.int_info", "How ints are represented.", kIntFields, 4};

constexpr StructSeqField kHashFields[] = {{"width", "Bits of a hash"}, {"modulus", "Prime modulus of numeric hashes"}, {"inf", "Hash of infinity"},
                                          {"nan", "Unused"}, {"imag", "Factor of the imaginary part"}, {"algorithm", "Name of the str hash"},
                                          {"hash_bits", "Bits of its output"}, {"seed_bits", "Bits of its key"}, {"cutoff", "Small-string cutoff"}, {}};
constexpr StructSeqDesc kHashDesc = {"sys.hash_info", "How hashes are computed.", kHashFields, 9};

constexpr StructSeqField kThreadFields[] = {{"name", "Name of the thread implementation"}, {"lock", "Name of the lock implementation"},
                                            {"version", "Name and version of the thread library"}, {}};
constexpr StructSeqDesc kThreadDesc = {"sys.thread_info", "How threads are implemented.", kThreadFields, 3};

constinit Type flags_type{}, version_type{};

Ref<> text(ThreadState& ts, const std::string& s) { return strFromFileSystem(ts, s); }

Ref<> textList(ThreadState& ts, const std::vector<std::string>& items) {
  Ref<List> list = TRY(newList(ts));
  for (const std::string& s : items) {
    Ref<> item = TRY(text(ts, s));
    TRY(appendList(ts, list.get(), item.get()));
  }
  return list;
}

Ref<> flags(ThreadState& ts, const Config& c) {
  StructSeqBuilder b(ts, &flags_type);
  for (int v : {c.debug, c.inspect, c.interactive, c.optimize, c.dont_write_bytecode, c.no_user_site, c.no_site, c.ignore_environment,
                c.verbose, c.bytes_warning, c.quiet, int(c.hash_randomization || c.hash_seed), c.isolated})
    b.add(newInt(ts, v));
  b.add(newBool(c.dev_mode));
  b.add(newInt(ts, c.utf8_mode));
  b.add(newInt(ts, c.warn_default_encoding));
  b.add(newBool(c.safe_path));
  b.add(newInt(ts, c.int_max_str_digits));
  return b.finish();
}

Ref<> versionInfo(ThreadState& ts) {
  StructSeqBuilder b(ts, &version_type);
  b.add(newInt(ts, kMajor));
  b.add(newInt(ts, kMinor));
  b.add(newInt(ts, kMicro));
  b.add(internedStr(ts, "final"));
  b.add(newInt(ts, 0));
  return b.finish();
}

template <class F>
Status addInfo(ThreadState& ts, Module* m, const char* name, const StructSeqDesc& desc, F fill) {
  Ref<Type> type = TRY(newStructSeqType(ts, desc, kDisallowInstantiation));
  StructSeqBuilder b(ts, type.get());
  fill(b);
  return addObject(ts, m, name, TRY(b.finish()));
}

Status addNumberFacts(ThreadState& ts, Module* m) {
  TRY(addInfo(ts, m, "float_info", kFloatDesc, [&](StructSeqBuilder& b) {
    b.add(newFloat(ts, DBL_MAX));
    b.add(newInt(ts, DBL_MAX_EXP));
    b.add(newInt(ts, DBL_MAX_10_EXP));
    b.add(newFloat(ts, DBL_MIN));
    b.add(newInt(ts, DBL_MIN_EXP));
    b.add(newInt(ts, DBL_MIN_10_EXP));
    b.add(newInt(ts, DBL_DIG));
    b.add(newInt(ts, DBL_MANT_DIG));
    b.add(newFloat(ts, DBL_EPSILON));
    b.add(newInt(ts, FLT_RADIX));
    b.add(newInt(ts, 1));
  }));
  TRY(addInfo(ts, m, "int_info", kIntDesc, [&](StructSeqBuilder& b) {
    for (int v : {kDigitBits, int(sizeof(Digit)), 4300, 640}) b.add(newInt(ts, v));
  }));
  TRY(addInfo(ts, m, "hash_info", kHashDesc, [&](StructSeqBuilder& b) {
    b.add(newInt(ts, 64));
    b.add(newInt(ts, (1LL << 61) - 1));
    b.add(newInt(ts, 314159));
    b.add(newInt(ts, 0));
    b.add(newInt(ts, 1000003));
    b.add(internedStr(ts, "siphash13"));
    b.add(newInt(ts, 64));
    b.add(newInt(ts, 128));
    b.add(newInt(ts, 0));
  }));
  return addInfo(ts, m, "thread_info", kThreadDesc, [&](StructSeqBuilder& b) {
    b.add(newStr(ts, "pthread"));
    b.add(newStr(ts, "semaphore"));
    b.add(newStr(ts, "NPTL 2.36"));
  });
}

Status addImplementation(ThreadState& ts, Module* m) {
  Ref<Dict> facts = TRY(newDict(ts)), habu = TRY(newDict(ts));
  TRY(dictSetAscii(ts, facts.get(), "name", TRY(newStr(ts, "cpython"))));
  TRY(dictSetAscii(ts, facts.get(), "cache_tag", TRY(newStr(ts, "cpython-311"))));
  TRY(dictSetAscii(ts, facts.get(), "version", TRY(versionInfo(ts))));
  TRY(dictSetAscii(ts, facts.get(), "hexversion", TRY(newInt(ts, kHexVersion))));
  TRY(dictSetAscii(ts, facts.get(), "_multiarch", TRY(newStr(ts, "x86_64-linux-gnu"))));
  TRY(dictSetAscii(ts, habu.get(), "version", TRY(newStr(ts, HABU_VERSION))));
  TRY(dictSetAscii(ts, habu.get(), "compiler", TRY(newStr(ts, "Clang " __clang_version__))));
  TRY(dictSetAscii(ts, facts.get(), "habu", TRY(newNamespace(ts, habu.get()))));
  return addObject(ts, m, "implementation", TRY(newNamespace(ts, facts.get())));
}

Status addNames(ThreadState& ts, Module* m) {
  Ref<List> builtin = TRY(newList(ts));
  for (const char* name : kBuiltinNames) {
    Ref<Str> s = TRY(internedStr(ts, name));
    TRY(appendList(ts, builtin.get(), s.get()));
  }
  TRY(sortList(ts, builtin.get()));
  TRY(addObject(ts, m, "builtin_module_names", TRY(listToTuple(ts, builtin.get()))));
  static constexpr const char* kStdlibNames[] = {
#include "modules/sys/stdlib_names.inc"
  };
  Ref<Set> names = TRY(newFrozenSet(ts));
  for (const char* name : kStdlibNames) {
    Ref<Str> s = TRY(internedStr(ts, name));
    TRY(setAdd(ts, names.get(), s.get()));
  }
  return addObject(ts, m, "stdlib_module_names", std::move(names));
}

Status addPlatform(ThreadState& ts, Module* m) {
  TRY(addStr(ts, m, "version", "3.11.2 (Habu " HABU_VERSION ", main) [Clang " __clang_version__ "]"));
  TRY(addObject(ts, m, "version_info", TRY(versionInfo(ts))));
  TRY(addInt(ts, m, "hexversion", kHexVersion));
  TRY(addInt(ts, m, "api_version", 1013));
  TRY(addStr(ts, m, "copyright",
             "Copyright (c) 2026 The Habu authors.\nAll Rights Reserved.\n\nRuns the standard library that is Copyright (c) 2001-2023 "
             "Python Software Foundation."));
  TRY(addStr(ts, m, "platform", "linux"));
  TRY(addStr(ts, m, "byteorder", "little"));
  TRY(addStr(ts, m, "abiflags", ""));
  TRY(addStr(ts, m, "platlibdir", "lib"));
  TRY(addStr(ts, m, "float_repr_style", "short"));
  TRY(addStr(ts, m, "_framework", ""));
  TRY(addInt(ts, m, "maxsize", PTRDIFF_MAX));
  TRY(addInt(ts, m, "maxunicode", 0x10ffff));
  Ref<Str> python = TRY(newStr(ts, "CPython")), empty = TRY(newStr(ts, ""));
  TRY(addObject(ts, m, "_git", TRY(packTuple(ts, {python.get(), empty.get(), empty.get()}))));
  TRY(addImplementation(ts, m));
  return addNumberFacts(ts, m);
}

Status addXOptions(ThreadState& ts, Module* m, const Config& c) {
  Ref<Dict> options = TRY(newDict(ts));
  for (const std::string& o : c.x_options) {
    size_t equals = o.find('=');
    Ref<> key = TRY(text(ts, o.substr(0, equals)));
    Ref<> value = equals == o.npos ? newBool(true) : TRY(text(ts, o.substr(equals + 1)));
    TRY(dictSet(ts, options.get(), key.get(), value.get()));
  }
  return addObject(ts, m, "_xoptions", std::move(options));
}

Status addRun(ThreadState& ts, Module* m, const Config& c) {
  TRY(addObject(ts, m, "argv", TRY(textList(ts, c.argv))));
  TRY(addObject(ts, m, "orig_argv", TRY(textList(ts, c.original_argv))));
  TRY(addObject(ts, m, "warnoptions", TRY(textList(ts, c.warn_options))));
  TRY(addXOptions(ts, m, c));
  TRY(addObject(ts, m, "path", TRY(textList(ts, c.module_paths))));
  const std::pair<const char*, const std::string&> places[] = {
      {"executable", c.executable}, {"_base_executable", c.base_executable}, {"prefix", c.prefix}, {"exec_prefix", c.exec_prefix},
      {"base_prefix", c.base_prefix}, {"base_exec_prefix", c.base_exec_prefix}, {"_stdlib_dir", c.stdlib}};
  for (auto& [name, place] : places) TRY(addObject(ts, m, name, TRY(text(ts, place))));
  TRY(addObject(ts, m, "_home", c.home.empty() ? none() : TRY(text(ts, c.home))));
  TRY(addObject(ts, m, "pycache_prefix", c.has_pycache_prefix ? TRY(text(ts, c.pycache_prefix)) : none()));
  TRY(addObject(ts, m, "dont_write_bytecode", newBool(c.dont_write_bytecode != 0)));
  return addObject(ts, m, "flags", TRY(flags(ts, c)));
}

}  // namespace

Status addConstants(ThreadState& ts, Module* m) {
  TRY(initStructSeqType(ts, flags_type, kFlagsDesc, kDisallowInstantiation));
  TRY(initStructSeqType(ts, version_type, kVersionDesc, kDisallowInstantiation));
  TRY(addPlatform(ts, m));
  TRY(addNames(ts, m));
  return addRun(ts, m, *mainInterpreter.config);
}

}  // namespace sys
}  // namespace habu
