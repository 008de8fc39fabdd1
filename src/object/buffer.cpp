#include "object/buffer.h"

#include "object/core.h"
#include "object/raise.h"
#include "types/bytes.h"

namespace habu {

Status getBuffer(ThreadState& ts, Object* o, Buffer& view, int flags) {
  view.owner = nullptr;
  if (!hasBuffer(o)) return raise(ts, kTypeError, "a bytes-like object is required, not '{:.100}'", typeName(o));
  if (o->type->buffer->get(o, &view, flags) < 0) return Raised{};
  return kDone;
}

void releaseBuffer(Buffer& view) {
  Object* owner = view.owner;
  if (!owner) return;
  if (BufferSlots* b = owner->type->buffer; b && b->release) b->release(owner, &view);
  view.owner = nullptr;
  Ref<> dropped = Ref<>::steal(owner);
}

Status fillBuffer(ThreadState& ts, Buffer& view, Object* owner, void* data, Index length, bool readonly, int flags) {
  if ((flags & kBufferWritable) && readonly) return raise(ts, kBufferError, "Object is not writable.");
  static char bytes_format[] = "B";
  view = {};
  view.owner = Ref<>::share(owner).release();
  view.data = data;
  view.length = length;
  view.readonly = readonly;
  view.item_size = 1;
  view.dimensions = 1;
  if (flags & kBufferFormat) view.format = bytes_format;
  if (flags & kBufferNd) view.shape = &view.length;
  if ((flags & kBufferStrides) == kBufferStrides) view.strides = &view.item_size;
  return kDone;
}

Result<BufferView> BufferView::of(ThreadState& ts, Object* o, int flags) {
  BufferView v;
  if (isExact(o, kBytesType) && flags == kBufferSimple) {  // by far the most frequent: no calls through slots
    auto* b = static_cast<Bytes*>(o);
    v.view_.data = b->data;
    v.view_.owner = Ref<>::share(o).release();
    v.view_.length = b->size;
    v.view_.item_size = v.view_.readonly = v.view_.dimensions = 1;
    return v;
  }
  TRY(getBuffer(ts, o, v.view_, flags));
  return v;
}

}  // namespace habu
