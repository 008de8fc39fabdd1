// _tokenize: the parser's tokenizer as an iterator.
#include <new>

#include "object/alloc.h"
#include "object/bind.h"
#include "object/module_def.h"
#include "object/attribute.h"
#include "syntax/source_text.h"
#include "syntax/tokenizer_error.h"
#include "types/heap_type.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {
namespace {

constinit Name kFileName{"<string>"};

// Doubtful numbers are warned about as in any source text.
class Warnings final : public syntax::WarningSink {
 public:
  Outcome invalidNumberEnd(const char* kind, int32_t lineno) override {
    ThreadState& ts = ThreadState::current();
    if (!failed(warnExplicit(ts, kSyntaxWarning, formatText(ts, "invalid {} literal", kind), kFileName.get(), lineno)))
      return Outcome::Continue;
    if (!errorMatches(ts, kSyntaxWarning)) return Outcome::Raised;
    clearError(ts);
    return Outcome::Error;
  }
};
Warnings warnings_sink;

struct State {
  syntax::SourceText text;
  alignas(syntax::Tokenizer) char tokenizer[sizeof(syntax::Tokenizer)];
  bool started = false;

  syntax::Tokenizer& tokens() { return *std::launder(reinterpret_cast<syntax::Tokenizer*>(tokenizer)); }
  void start() {
    syntax::Tokenizer::Options options;
    options.warnings = &warnings_sink;
    new (tokenizer) syntax::Tokenizer(text.view().data(), text.view().size(), options);
    started = true;
  }
  ~State() {
    if (started) tokens().~Tokenizer();
  }
};

struct TokenizerIterator : Object {
  State* state;  // owned
};

void dealloc(TokenizerIterator* self) {
  delete self->state;
  freeInstance(self);
}

Ref<> make(ThreadState& ts, Type* type, std::string_view source) {
  Ref<TokenizerIterator> self = TRY(newObject<TokenizerIterator>(ts, *type));
  self->state = new (std::nothrow) State;
  if (!self->state) return raiseNoMemory(ts);
  TRY(self->state->text.load(ts, source, kFileName.get(), {.source_is_utf8 = true}));
  self->state->start();
  return self;
}

Ref<> self(ThreadState&, TokenizerIterator* it) { return share(static_cast<Object*>(it)); }

int publicNumber(syntax::TokenType type) {
  return static_cast<int>(syntax::isKeyword(type) ? syntax::TokenType::Name : type);
}

// (text, type, line, end line, column, end column, source line); the end and any error without words end the iteration.
Ref<> next(ThreadState& ts, TokenizerIterator* it) {
  syntax::Tokenizer& tokens = it->state->tokens();
  syntax::Token token;
  tokens.next(token);
  if (token.type == syntax::TokenType::Endmarker) return {};
  if (token.type == syntax::TokenType::Error) {
    if (tokens.failure() == syntax::Failure::Syntax) return syntax::raiseTokenizerError(ts, tokens, kFileName.get());
    return {};
  }
  const char *start = tokens.bufferStart(), *end = tokens.lineEnd();
  Ref<Str> text = TRY(syntax::decodeReplacing(ts, tokens.text(token)));
  Ref<Str> line = TRY(syntax::decodeReplacing(ts, {start, static_cast<size_t>(end - start)}));
  const int numbers[] = {publicNumber(token.type), token.lineno, token.end_lineno, token.col_offset, token.end_col_offset};
  Ref<Tuple> result = TRY(newTupleUninitialized(ts, 7));
  put(result.get(), 0, std::move(text));
  for (int i = 0; i < 5; ++i) put(result.get(), i + 1, TRY(newInt(ts, numbers[i])));
  put(result.get(), 6, std::move(line));
  return result;
}

constexpr Type kDefinition = defineType<TokenizerIterator>({.name = "_tokenize.TokenizerIter",
                                                            .flags = kImmutableType,
                                                            .make = CONSTRUCTOR(make, "tokenizeriter", "(source)"),
                                                            .dealloc = slot<dealloc>,
                                                            .getattro = genericGetAttrSlot,
                                                            .iter = slot<self>,
                                                            .iternext = slot<next>});

Status populate(ThreadState& ts, Module* module) {
  return addObject(ts, module, "TokenizerIter", TRY(makeHeapType(ts, kDefinition)));
}

}  // namespace

extern const ModuleDef kTokenizeModule;
const ModuleDef kTokenizeModule = {.name = "_tokenize", .populate = populate};

}  // namespace habu
