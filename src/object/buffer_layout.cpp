// Layout of many-dimensional buffers (PEP 3118): contiguity, addresses of items, copies in either order.
#include <cstring>

#include "object/buffer.h"
#include "object/raise.h"

namespace habu {

namespace {

constexpr int kMaxDimensions = 64;

bool contiguousIn(const Buffer& view, bool fortran) {
  if (view.suboffsets) return false;
  if (view.length == 0) return true;
  if (!view.strides) {  // C-contiguous by definition; also Fortran-contiguous when at most one dimension is larger than 1
    if (!fortran || view.dimensions <= 1) return true;
    if (!view.shape) return true;
    int large = 0;
    for (int i = 0; i < view.dimensions; ++i) large += view.shape[i] > 1;
    return large <= 1;
  }
  Index expected = view.item_size;
  for (int k = 0; k < view.dimensions; ++k) {
    int i = fortran ? k : view.dimensions - 1 - k;
    Index extent = view.shape ? view.shape[i] : view.length / view.item_size;
    if (extent > 1 && view.strides[i] != expected) return false;
    expected *= extent;
  }
  return true;
}

// Walks all items in C or Fortran order.
class Walker {
 public:
  Walker(const Buffer& view, bool fortran) : view_(view), fortran_(fortran) {}
  void* here() const { return bufferItem(view_, at_); }
  void advance() {
    for (int k = 0; k < view_.dimensions; ++k) {
      int i = fortran_ ? k : view_.dimensions - 1 - k;
      if (++at_[i] < view_.shape[i]) return;
      at_[i] = 0;
    }
  }

 private:
  const Buffer& view_;
  bool fortran_;
  Index at_[kMaxDimensions] = {};
};

}  // namespace

bool isContiguous(const Buffer& view, char order) {
  if (view.suboffsets) return false;
  if (order == 'C') return contiguousIn(view, false);
  if (order == 'F') return contiguousIn(view, true);
  return contiguousIn(view, false) || contiguousIn(view, true);
}

void* bufferItem(const Buffer& view, const Index* indices) {
  auto* p = static_cast<char*>(view.data);
  for (int i = 0; i < view.dimensions; ++i) {
    p += view.strides[i] * indices[i];
    if (view.suboffsets && view.suboffsets[i] >= 0) p = *reinterpret_cast<char**>(p) + view.suboffsets[i];
  }
  return p;
}

void contiguousStrides(int dimensions, const Index* shape, Index* strides, Index item_size, char order) {
  Index step = item_size;
  for (int k = 0; k < dimensions; ++k) {
    int i = order == 'F' ? k : dimensions - 1 - k;
    strides[i] = step;
    step *= shape[i];
  }
}

Status copyFromBuffer(ThreadState& ts, void* to, const Buffer& from, char order) {
  if (from.length == 0) return kDone;
  if (isContiguous(from, order)) {
    std::memcpy(to, from.data, size_t(from.length));
    return kDone;
  }
  if (from.dimensions > kMaxDimensions || !from.shape || !from.strides)
    return raise(ts, kBufferError, "cannot copy a buffer without shape and strides");
  auto* out = static_cast<char*>(to);
  Walker walk(from, order == 'F');
  for (Index left = from.length / from.item_size; left > 0; --left, out += from.item_size) {
    std::memcpy(out, walk.here(), size_t(from.item_size));
    walk.advance();
  }
  return kDone;
}

Status copyToBuffer(ThreadState& ts, Buffer& to, const void* from, Index length, char order) {
  if (length > to.length) length = to.length;
  if (length <= 0) return kDone;
  if (isContiguous(to, order)) {
    std::memcpy(to.data, from, size_t(length));
    return kDone;
  }
  if (to.dimensions > kMaxDimensions || !to.shape || !to.strides)
    return raise(ts, kBufferError, "cannot copy into a buffer without shape and strides");
  auto* in = static_cast<const char*>(from);
  Walker walk(to, order == 'F');
  for (Index left = length / to.item_size; left > 0; --left, in += to.item_size) {
    std::memcpy(walk.here(), in, size_t(to.item_size));
    walk.advance();
  }
  return kDone;
}

}  // namespace habu
