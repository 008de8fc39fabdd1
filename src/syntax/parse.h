// The entry to the parser: source text in, syntax tree out.
//
//   AstArena arena;
//   Mod* tree = TRY(syntax::parse(ts, arena, source, filename, {.mode = Mode::Exec}));
//
// The tree lives as long as the arena. Failure: SyntaxError (or a subclass), ValueError, MemoryError, or whatever a
// warning filter or a codec raised.
#pragma once
#include <string_view>

#include "object/result.h"
#include "syntax/ast.h"
#include "syntax/ast_arena.h"

namespace habu::syntax {

class LineReader;

enum class Mode : uint8_t { Exec, Eval, Single, FunctionType };

inline constexpr int kFeatureVersion = 11;  // the minor version of the language we speak

struct ParseOptions {
  Mode mode = Mode::Exec;
  int feature_version = kFeatureVersion;  // `ast.parse(feature_version=)`: refuse what a later 3.x brought
  bool type_comments = false;
  bool barry_as_flufl = false;       // from __future__ import barry_as_FLUFL: <> instead of !=
  bool source_is_utf8 = false;       // made from a str: no encoding cookie, no BOM
  bool source_is_file = false;       // the bytes of the file `filename`: other words for bad bytes
  bool keep_indentation = false;     // Single: do not imply dedents at the end of input (module codeop)
  bool allow_incomplete = false;     // "incomplete input" where more text might help (module codeop)
};

// `filename` is a str (borrowed); it goes into the SyntaxError. A null byte in the source is a ValueError or SyntaxError.
Result<Mod*> parse(ThreadState&, AstArena&, std::string_view source, Object* filename, const ParseOptions&);

// Reads and parses one statement, line by line, as the interactive prompt does. The result is an Interactive, or null
// at the end of the input.
Result<Mod*> parseInteractive(ThreadState&, AstArena&, LineReader&, Object* filename, const ParseOptions&);

}  // namespace habu::syntax
