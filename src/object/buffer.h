// The buffer protocol (PEP 3118).
#pragma once
#include <string_view>

#include "object/result.h"
#include "object/type.h"

namespace habu {

struct Buffer {  // Py_buffer
  void* data;
  Object* owner;  // owned
  Index length, item_size;
  int readonly, dimensions;
  char* format;  // null: unsigned bytes
  Index *shape, *strides, *suboffsets;
  void* internal;
};

enum BufferFlag : int {
  kBufferSimple = 0, kBufferWritable = 1, kBufferFormat = 4, kBufferNd = 8, kBufferStrides = 0x10 | kBufferNd,
  kBufferCContiguous = 0x20 | kBufferStrides, kBufferFContiguous = 0x40 | kBufferStrides,
  kBufferAnyContiguous = 0x80 | kBufferStrides, kBufferIndirect = 0x100 | kBufferStrides,
  kBufferContig = kBufferNd | kBufferWritable, kBufferContigRo = kBufferNd,
  kBufferFull = kBufferIndirect | kBufferWritable | kBufferFormat, kBufferFullRo = kBufferIndirect | kBufferFormat,
};

inline bool hasBuffer(const Object* o) { return o->type->buffer && o->type->buffer->get; }
Status getBuffer(ThreadState&, Object*, Buffer&, int flags);  // TypeError "a bytes-like object is required, not 'x'"
void releaseBuffer(Buffer&);
// Fills a plain one-dimensional byte buffer (what a getbuffer slot of a bytes-like type returns).
Status fillBuffer(ThreadState&, Buffer&, Object* owner, void* data, Index length, bool readonly, int flags);

// Layout of many-dimensional buffers (object/buffer_layout.cpp). Order 'C', 'F', or 'A': either.
bool isContiguous(const Buffer&, char order);
void* bufferItem(const Buffer&, const Index* indices);
void contiguousStrides(int dimensions, const Index* shape, Index* strides, Index item_size, char order);
// All items, in the given order ('A': as they lie when contiguous, else 'C'), to or from plain memory of view.length bytes.
Status copyFromBuffer(ThreadState&, void* to, const Buffer& from, char order);
Status copyToBuffer(ThreadState&, Buffer& to, const void* from, Index length, char order);

// A held buffer, released with the object:  BufferView view = TRY(BufferView::of(ts, o));
class [[nodiscard]] BufferView {
 public:
  static Result<BufferView> of(ThreadState& ts, Object* o, int flags = kBufferSimple);
  BufferView() : view_{} {}
  BufferView(BufferView&& o) noexcept { moveFrom(o); }
  BufferView& operator=(BufferView&& o) noexcept {
    if (this != &o) {
      if (view_.owner) releaseBuffer(view_);
      moveFrom(o);
    }
    return *this;
  }
  ~BufferView() {
    if (view_.owner) releaseBuffer(view_);
  }
  char* data() const { return static_cast<char*>(view_.data); }
  Index size() const { return view_.length; }
  std::string_view bytes() const { return {static_cast<const char*>(view_.data), size_t(view_.length)}; }
  Buffer& raw() { return view_; }

 private:
  void moveFrom(BufferView& o) {
    view_ = o.view_;
    // The shape and strides of plain bytes are fields of the buffer itself.
    if (view_.shape == &o.view_.length) view_.shape = &view_.length;
    if (view_.strides == &o.view_.item_size) view_.strides = &view_.item_size;
    o.view_ = {};
  }
  Buffer view_;
};

}  // namespace habu
