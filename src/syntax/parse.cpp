#include "syntax/parse.h"

#include "object/raise.h"
#include "object/thread_state.h"
#include "syntax/diagnoser.h"
#include "syntax/parser.h"
#include "syntax/source_text.h"

namespace habu::syntax {
namespace {

// CPython's parser gives up at 6000 nested rules. A level of nesting of ours costs it at most some thirty of them, so
// that only programs nested more deeply than this need a second look.
constexpr int kSuspiciousDepth = 180;

Tokenizer::Options tokenizerOptions(ParseContext& context) {
  Tokenizer::Options options;
  options.type_comments = context.options.type_comments;
  options.async_is_name = context.options.feature_version < 7;
  options.warnings = &context;
  return options;
}

}  // namespace

Result<Mod*> parse(ThreadState& ts, AstArena& arena, std::string_view source, Object* filename,
                   const ParseOptions& options) {
  SourceText text;
  TRY(text.load(ts, source, filename, options));
  ParseContext context(ts, arena, filename, options);
  Tokenizer::Options tokenizing = tokenizerOptions(context);
  Mod* module;
  {
    Tokenizer tokenizer(text.view().data(), text.view().size(), tokenizing);
    Parser parser(context, tokenizer, options.mode);
    module = parser.parseModule();
    if (parser.raised()) return Raised{};
    if (module && options.mode == Mode::Single && parser.leftOverStatement()) module = nullptr;
  }
  DiagnosedSource diagnosed{text.view(), text.encoding()};
  if (!module) return diagnose(context, diagnosed, tokenizing);
  if (context.max_depth > kSuspiciousDepth && overflowsCPython(context, diagnosed, tokenizing)) return Raised{};
  return module;
}

namespace {

// Remembers the lines it passes on, for a second pass over the same input.
class RecordingReader final : public LineReader {
 public:
  explicit RecordingReader(LineReader& source) : source_(source) {}
  Status read(std::string_view& line) override {
    Status status = source_.read(line);
    if (status == Status::Line)
      for (char c : line)
        if (!text_.push(c)) return Status::EndOfFile;
    if (status == Status::Raised) raised_ = true;
    return status;
  }
  std::string_view text() { return {text_.data(), static_cast<size_t>(text_.size())}; }
  bool terminate() { return text_.push(0) && (text_.truncate(text_.size() - 1), true); }
  bool raised() const { return raised_; }

 private:
  LineReader& source_;
  PlainVector<char> text_;
  bool raised_ = false;
};

}  // namespace

Result<Mod*> parseInteractive(ThreadState& ts, AstArena& arena, LineReader& reader, Object* filename,
                              const ParseOptions& options) {
  ParseContext context(ts, arena, filename, options);
  Tokenizer::Options tokenizing = tokenizerOptions(context);
  tokenizing.interactive = true;
  RecordingReader recording(reader);
  tokenizing.reader = &recording;
  Mod* module;
  {
    Tokenizer tokenizer("", 0, tokenizing);
    Parser parser(context, tokenizer, Mode::Single);
    module = parser.parseModule();
    if (parser.raised()) return Raised{};
    if (!module && parser.foundNothing()) return static_cast<Mod*>(nullptr);
  }
  if (module) return module;
  if (!recording.terminate()) return raiseNoMemory(ts);
  tokenizing.reader = nullptr;
  DiagnosedSource typed{recording.text(), "utf-8"};
  typed.interactive = true;
  return diagnose(context, typed, tokenizing);
}

}  // namespace habu::syntax
