// Struct sequences: tuples whose items have names too (os.stat_result, time.struct_time, sys.flags...). Some fields
// may have a name only (they follow the visible ones, beyond the tuple's size), some an index only.
#pragma once
#include "object/core.h"

namespace habu {

struct StructSeqField {  // PyStructSequence_Field; a table ends with an empty one
  const char* name = nullptr;
  const char* doc = nullptr;
};
inline constexpr char kUnnamedField[] = "unnamed field";  // compared by address

struct StructSeqDesc {  // PyStructSequence_Desc
  const char* name;     // "module.name"
  const char* doc;
  const StructSeqField* fields;
  int visible;  // items of the tuple; the other fields are attributes only
};

struct StructSeq : VarObject {
  Object* items[1];  // all fields, owned; size counts the visible ones
};

// `make`: a tp_new of its own (os.stat_result); null: the usual constructor.
Ref<Type> newStructSeqType(ThreadState&, const StructSeqDesc&, unsigned long flags = 0, NewFn make = nullptr);
// The same for a zeroed static type.
Status initStructSeqType(ThreadState&, Type&, const StructSeqDesc&, unsigned long flags = 0);
Object* structSeqNew(Type*, Object* args, Object* keywords);  // tp_new

// An instance with every field still null: fill all of them.
Ref<StructSeq> newStructSeq(ThreadState&, Type*);
inline void setStructSeqItem(StructSeq* s, Index i, Ref<> value) { setField(s->items[i], std::move(value)); }
Index structSeqFields(const Type*);  // all fields

// Fills the fields of a new instance one after the other:
//   StructSeqBuilder b(ts, type); b.add(newInt(ts, x)); ...; return b.finish();
class StructSeqBuilder {
 public:
  StructSeqBuilder(ThreadState& ts, Type* type) : object_(newStructSeq(ts, type)) {}
  template <class T>
  void add(Ref<T> value) {
    if (!value) object_ = {};
    if (object_) setStructSeqItem(object_.get(), next_++, Ref<>::steal(reinterpret_cast<Object*>(value.release())));
  }
  Ref<> finish() { return std::move(object_); }  // empty when anything failed

 private:
  Ref<StructSeq> object_;
  Index next_ = 0;
};

}  // namespace habu
