// Proof that our objects have CPython 3.11's layout: every struct that <Python.h> shows, field by field, against the
// real headers. Nothing here makes code.
#pragma clang diagnostic ignored "-Wdeprecated-declarations"  // some public fields are
#include <Python.h>
#include <frameobject.h>
#include <structmember.h>

#include <cstddef>

#include "object/buffer.h"
#include "object/gc.h"
#include "object/thread_state.h"
#include "object/type.h"
#include "types/bytes.h"
#include "types/code.h"
#include "types/dict.h"
#include "types/exceptions.h"
#include "types/float.h"
#include "types/frame.h"
#include "types/function.h"
#include "types/generator.h"
#include "types/int.h"
#include "types/list.h"
#include "types/set.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/weakref.h"

namespace {

#define FIELD(ours, field, theirs, their_field)                                                      \
  static_assert(offsetof(ours, field) == offsetof(theirs, their_field), #theirs "." #their_field);   \
  static_assert(sizeof(((ours*)nullptr)->field) == sizeof(((theirs*)nullptr)->their_field), #theirs "." #their_field)
#define SIZE(ours, theirs) static_assert(sizeof(ours) == sizeof(theirs), #theirs)

using namespace habu;

SIZE(Object, PyObject);
FIELD(Object, refcount, PyObject, ob_refcnt);
FIELD(Object, type, PyObject, ob_type);
SIZE(VarObject, PyVarObject);
FIELD(VarObject, size, PyVarObject, ob_size);

// ---- types ----
SIZE(Type, PyTypeObject);
FIELD(Type, name, PyTypeObject, tp_name);
FIELD(Type, basic_size, PyTypeObject, tp_basicsize);
FIELD(Type, item_size, PyTypeObject, tp_itemsize);
FIELD(Type, dealloc, PyTypeObject, tp_dealloc);
FIELD(Type, vectorcall_offset, PyTypeObject, tp_vectorcall_offset);
FIELD(Type, getattr_char, PyTypeObject, tp_getattr);
FIELD(Type, setattr_char, PyTypeObject, tp_setattr);
FIELD(Type, async, PyTypeObject, tp_as_async);
FIELD(Type, repr, PyTypeObject, tp_repr);
FIELD(Type, number, PyTypeObject, tp_as_number);
FIELD(Type, sequence, PyTypeObject, tp_as_sequence);
FIELD(Type, mapping, PyTypeObject, tp_as_mapping);
FIELD(Type, hash, PyTypeObject, tp_hash);
FIELD(Type, call, PyTypeObject, tp_call);
FIELD(Type, str, PyTypeObject, tp_str);
FIELD(Type, getattro, PyTypeObject, tp_getattro);
FIELD(Type, setattro, PyTypeObject, tp_setattro);
FIELD(Type, buffer, PyTypeObject, tp_as_buffer);
FIELD(Type, flags, PyTypeObject, tp_flags);
FIELD(Type, doc, PyTypeObject, tp_doc);
FIELD(Type, traverse, PyTypeObject, tp_traverse);
FIELD(Type, clear, PyTypeObject, tp_clear);
FIELD(Type, richcompare, PyTypeObject, tp_richcompare);
FIELD(Type, weaklist_offset, PyTypeObject, tp_weaklistoffset);
FIELD(Type, iter, PyTypeObject, tp_iter);
FIELD(Type, iternext, PyTypeObject, tp_iternext);
FIELD(Type, methods, PyTypeObject, tp_methods);
FIELD(Type, members, PyTypeObject, tp_members);
FIELD(Type, getset, PyTypeObject, tp_getset);
FIELD(Type, base, PyTypeObject, tp_base);
FIELD(Type, dict, PyTypeObject, tp_dict);
FIELD(Type, descr_get, PyTypeObject, tp_descr_get);
FIELD(Type, descr_set, PyTypeObject, tp_descr_set);
FIELD(Type, dict_offset, PyTypeObject, tp_dictoffset);
FIELD(Type, init, PyTypeObject, tp_init);
FIELD(Type, alloc, PyTypeObject, tp_alloc);
FIELD(Type, make, PyTypeObject, tp_new);
FIELD(Type, free, PyTypeObject, tp_free);
FIELD(Type, is_gc, PyTypeObject, tp_is_gc);
FIELD(Type, bases, PyTypeObject, tp_bases);
FIELD(Type, mro, PyTypeObject, tp_mro);
FIELD(Type, cache, PyTypeObject, tp_cache);
FIELD(Type, subclasses, PyTypeObject, tp_subclasses);
FIELD(Type, weaklist, PyTypeObject, tp_weaklist);
FIELD(Type, del, PyTypeObject, tp_del);
FIELD(Type, version_tag, PyTypeObject, tp_version_tag);
FIELD(Type, finalize, PyTypeObject, tp_finalize);
FIELD(Type, vectorcall, PyTypeObject, tp_vectorcall);

SIZE(HeapType, PyHeapTypeObject);
FIELD(HeapType, own_async, PyHeapTypeObject, as_async);
FIELD(HeapType, own_number, PyHeapTypeObject, as_number);
FIELD(HeapType, own_mapping, PyHeapTypeObject, as_mapping);
FIELD(HeapType, own_sequence, PyHeapTypeObject, as_sequence);
FIELD(HeapType, own_buffer, PyHeapTypeObject, as_buffer);
FIELD(HeapType, heap_name, PyHeapTypeObject, ht_name);
FIELD(HeapType, slots, PyHeapTypeObject, ht_slots);
FIELD(HeapType, qualname, PyHeapTypeObject, ht_qualname);
FIELD(HeapType, cached_keys, PyHeapTypeObject, ht_cached_keys);
FIELD(HeapType, module, PyHeapTypeObject, ht_module);
FIELD(HeapType, owned_name, PyHeapTypeObject, _ht_tpname);

#define SLOT(table, ours, theirs) FIELD(table##Slots, ours, Py##table##Methods, theirs)
SIZE(NumberSlots, PyNumberMethods);
SLOT(Number, add, nb_add);
SLOT(Number, subtract, nb_subtract);
SLOT(Number, multiply, nb_multiply);
SLOT(Number, remainder, nb_remainder);
SLOT(Number, divmod, nb_divmod);
SLOT(Number, power, nb_power);
SLOT(Number, negative, nb_negative);
SLOT(Number, positive, nb_positive);
SLOT(Number, absolute, nb_absolute);
SLOT(Number, truth, nb_bool);
SLOT(Number, invert, nb_invert);
SLOT(Number, lshift, nb_lshift);
SLOT(Number, rshift, nb_rshift);
SLOT(Number, bit_and, nb_and);
SLOT(Number, bit_xor, nb_xor);
SLOT(Number, bit_or, nb_or);
SLOT(Number, to_int, nb_int);
SLOT(Number, to_float, nb_float);
SLOT(Number, inplace_add, nb_inplace_add);
SLOT(Number, inplace_subtract, nb_inplace_subtract);
SLOT(Number, inplace_multiply, nb_inplace_multiply);
SLOT(Number, inplace_remainder, nb_inplace_remainder);
SLOT(Number, inplace_power, nb_inplace_power);
SLOT(Number, inplace_lshift, nb_inplace_lshift);
SLOT(Number, inplace_rshift, nb_inplace_rshift);
SLOT(Number, inplace_and, nb_inplace_and);
SLOT(Number, inplace_xor, nb_inplace_xor);
SLOT(Number, inplace_or, nb_inplace_or);
SLOT(Number, floor_divide, nb_floor_divide);
SLOT(Number, true_divide, nb_true_divide);
SLOT(Number, inplace_floor_divide, nb_inplace_floor_divide);
SLOT(Number, inplace_true_divide, nb_inplace_true_divide);
SLOT(Number, index, nb_index);
SLOT(Number, matrix_multiply, nb_matrix_multiply);
SLOT(Number, inplace_matrix_multiply, nb_inplace_matrix_multiply);
SIZE(SequenceSlots, PySequenceMethods);
SLOT(Sequence, length, sq_length);
SLOT(Sequence, concat, sq_concat);
SLOT(Sequence, repeat, sq_repeat);
SLOT(Sequence, item, sq_item);
SLOT(Sequence, set_item, sq_ass_item);
SLOT(Sequence, contains, sq_contains);
SLOT(Sequence, inplace_concat, sq_inplace_concat);
SLOT(Sequence, inplace_repeat, sq_inplace_repeat);
SIZE(MappingSlots, PyMappingMethods);
SLOT(Mapping, length, mp_length);
SLOT(Mapping, subscript, mp_subscript);
SLOT(Mapping, set_subscript, mp_ass_subscript);
SIZE(AsyncSlots, PyAsyncMethods);
SLOT(Async, await, am_await);
SLOT(Async, aiter, am_aiter);
SLOT(Async, anext, am_anext);
SLOT(Async, send, am_send);
SIZE(BufferSlots, PyBufferProcs);
FIELD(BufferSlots, get, PyBufferProcs, bf_getbuffer);
FIELD(BufferSlots, release, PyBufferProcs, bf_releasebuffer);
SIZE(MethodDef, PyMethodDef);
FIELD(MethodDef, name, PyMethodDef, ml_name);
FIELD(MethodDef, function, PyMethodDef, ml_meth);
FIELD(MethodDef, flags, PyMethodDef, ml_flags);
FIELD(MethodDef, doc, PyMethodDef, ml_doc);
SIZE(GetSetDef, PyGetSetDef);
FIELD(GetSetDef, get, PyGetSetDef, get);
FIELD(GetSetDef, set, PyGetSetDef, set);
FIELD(GetSetDef, doc, PyGetSetDef, doc);
FIELD(GetSetDef, closure, PyGetSetDef, closure);
SIZE(MemberDef, PyMemberDef);
FIELD(MemberDef, kind, PyMemberDef, type);
FIELD(MemberDef, offset, PyMemberDef, offset);
FIELD(MemberDef, flags, PyMemberDef, flags);
FIELD(MemberDef, doc, PyMemberDef, doc);

#define FLAG(ours, theirs) static_assert(ours == theirs)
FLAG(kSequenceFlag, Py_TPFLAGS_SEQUENCE);
FLAG(kMappingFlag, Py_TPFLAGS_MAPPING);
FLAG(kManagedDict, Py_TPFLAGS_MANAGED_DICT);
FLAG(kDisallowInstantiation, Py_TPFLAGS_DISALLOW_INSTANTIATION);
FLAG(kImmutableType, Py_TPFLAGS_IMMUTABLETYPE);
FLAG(kHeapType, Py_TPFLAGS_HEAPTYPE);
FLAG(kBaseType, Py_TPFLAGS_BASETYPE);
FLAG(kHaveVectorcall, Py_TPFLAGS_HAVE_VECTORCALL);
FLAG(kReady, Py_TPFLAGS_READY);
FLAG(kReadying, Py_TPFLAGS_READYING);
FLAG(kHaveGc, Py_TPFLAGS_HAVE_GC);
FLAG(kMethodDescriptor, Py_TPFLAGS_METHOD_DESCRIPTOR);
FLAG(kHaveVersionTag, Py_TPFLAGS_HAVE_VERSION_TAG);
FLAG(kValidVersionTag, Py_TPFLAGS_VALID_VERSION_TAG);
FLAG(kIsAbstract, Py_TPFLAGS_IS_ABSTRACT);
FLAG(kMatchSelf, _Py_TPFLAGS_MATCH_SELF);
FLAG(kIntSubclass, Py_TPFLAGS_LONG_SUBCLASS);
FLAG(kListSubclass, Py_TPFLAGS_LIST_SUBCLASS);
FLAG(kTupleSubclass, Py_TPFLAGS_TUPLE_SUBCLASS);
FLAG(kBytesSubclass, Py_TPFLAGS_BYTES_SUBCLASS);
FLAG(kStrSubclass, Py_TPFLAGS_UNICODE_SUBCLASS);
FLAG(kDictSubclass, Py_TPFLAGS_DICT_SUBCLASS);
FLAG(kExceptionSubclass, Py_TPFLAGS_BASE_EXC_SUBCLASS);
FLAG(kTypeSubclass, Py_TPFLAGS_TYPE_SUBCLASS);
FLAG(kMethVarargs, METH_VARARGS);
FLAG(kMethKeywords, METH_KEYWORDS);
FLAG(kMethNoArgs, METH_NOARGS);
FLAG(kMethO, METH_O);
FLAG(kMethClass, METH_CLASS);
FLAG(kMethStatic, METH_STATIC);
FLAG(kMethCoexist, METH_COEXIST);
FLAG(kMethFastcall, METH_FASTCALL);
FLAG(kMethMethod, METH_METHOD);

// ---- values ----
FIELD(Int, digits, PyLongObject, ob_digit);
static_assert(kDigitBits == PyLong_SHIFT);
SIZE(Float, PyFloatObject);
FIELD(Float, value, PyFloatObject, ob_fval);
SIZE(Complex, PyComplexObject);
FIELD(Complex, real, PyComplexObject, cval.real);
FIELD(Complex, imaginary, PyComplexObject, cval.imag);
SIZE(Tuple, PyTupleObject);
FIELD(Tuple, items, PyTupleObject, ob_item);
SIZE(List, PyListObject);
FIELD(List, items, PyListObject, ob_item);
FIELD(List, allocated, PyListObject, allocated);
SIZE(Dict, PyDictObject);
FIELD(Dict, used, PyDictObject, ma_used);
FIELD(Dict, version, PyDictObject, ma_version_tag);
FIELD(Dict, keys, PyDictObject, ma_keys);
FIELD(Dict, values, PyDictObject, ma_values);
SIZE(Set, PySetObject);
FIELD(Set, fill, PySetObject, fill);
FIELD(Set, used, PySetObject, used);
FIELD(Set, mask, PySetObject, mask);
FIELD(Set, table, PySetObject, table);
FIELD(Set, hash, PySetObject, hash);
FIELD(Set, finger, PySetObject, finger);
FIELD(Set, small, PySetObject, smalltable);
FIELD(Set, weakrefs, PySetObject, weakreflist);
SIZE(Slice, PySliceObject);
FIELD(Slice, start, PySliceObject, start);
FIELD(Slice, stop, PySliceObject, stop);
FIELD(Slice, step, PySliceObject, step);
SIZE(Str, PyASCIIObject);
FIELD(Str, length, PyASCIIObject, length);
FIELD(Str, hash, PyASCIIObject, hash);
FIELD(Str, state, PyASCIIObject, state);
FIELD(Str, wstr, PyASCIIObject, wstr);
SIZE(CompactStr, PyCompactUnicodeObject);
FIELD(CompactStr, utf8_length, PyCompactUnicodeObject, utf8_length);
FIELD(CompactStr, utf8, PyCompactUnicodeObject, utf8);
FIELD(CompactStr, wstr_length, PyCompactUnicodeObject, wstr_length);
SIZE(LegacyStr, PyUnicodeObject);
FIELD(LegacyStr, any, PyUnicodeObject, data.any);
FIELD(Bytes, hash, PyBytesObject, ob_shash);
FIELD(Bytes, data, PyBytesObject, ob_sval);
SIZE(ByteArray, PyByteArrayObject);
FIELD(ByteArray, allocated, PyByteArrayObject, ob_alloc);
FIELD(ByteArray, bytes, PyByteArrayObject, ob_bytes);
FIELD(ByteArray, start, PyByteArrayObject, ob_start);
FIELD(ByteArray, exports, PyByteArrayObject, ob_exports);

// ---- code, frames, functions ----
FIELD(Code, consts, PyCodeObject, co_consts);
FIELD(Code, names, PyCodeObject, co_names);
FIELD(Code, exception_table, PyCodeObject, co_exceptiontable);
FIELD(Code, flags, PyCodeObject, co_flags);
FIELD(Code, arg_count, PyCodeObject, co_argcount);
FIELD(Code, posonly_count, PyCodeObject, co_posonlyargcount);
FIELD(Code, kwonly_count, PyCodeObject, co_kwonlyargcount);
FIELD(Code, stack_size, PyCodeObject, co_stacksize);
FIELD(Code, first_line, PyCodeObject, co_firstlineno);
FIELD(Code, localsplus_count, PyCodeObject, co_nlocalsplus);
FIELD(Code, local_count, PyCodeObject, co_nlocals);
FIELD(Code, plain_cell_count, PyCodeObject, co_nplaincellvars);
FIELD(Code, cell_count, PyCodeObject, co_ncellvars);
FIELD(Code, free_count, PyCodeObject, co_nfreevars);
FIELD(Code, localsplus_names, PyCodeObject, co_localsplusnames);
FIELD(Code, localsplus_kinds, PyCodeObject, co_localspluskinds);
FIELD(Code, filename, PyCodeObject, co_filename);
FIELD(Code, name, PyCodeObject, co_name);
FIELD(Code, qualname, PyCodeObject, co_qualname);
FIELD(Code, line_table, PyCodeObject, co_linetable);
FIELD(Code, weakrefs, PyCodeObject, co_weakreflist);
FIELD(Code, public_code, PyCodeObject, _co_code);
FIELD(Code, runtime, PyCodeObject, co_extra);
FIELD(Code, code, PyCodeObject, co_code_adaptive);
SIZE(Function, PyFunctionObject);
FIELD(Function, globals, PyFunctionObject, func_globals);
FIELD(Function, builtins, PyFunctionObject, func_builtins);
FIELD(Function, name, PyFunctionObject, func_name);
FIELD(Function, qualname, PyFunctionObject, func_qualname);
FIELD(Function, code, PyFunctionObject, func_code);
FIELD(Function, defaults, PyFunctionObject, func_defaults);
FIELD(Function, kwdefaults, PyFunctionObject, func_kwdefaults);
FIELD(Function, closure, PyFunctionObject, func_closure);
FIELD(Function, doc, PyFunctionObject, func_doc);
FIELD(Function, dict, PyFunctionObject, func_dict);
FIELD(Function, weakrefs, PyFunctionObject, func_weakreflist);
FIELD(Function, module, PyFunctionObject, func_module);
FIELD(Function, annotations, PyFunctionObject, func_annotations);
FIELD(Function, vectorcall, PyFunctionObject, vectorcall);
FIELD(Function, version, PyFunctionObject, func_version);
SIZE(Method, PyMethodObject);
FIELD(Method, function, PyMethodObject, im_func);
FIELD(Method, self, PyMethodObject, im_self);
FIELD(Method, vectorcall, PyMethodObject, vectorcall);
SIZE(BuiltinFunction, PyCFunctionObject);
FIELD(BuiltinFunction, def, PyCFunctionObject, m_ml);
FIELD(BuiltinFunction, self, PyCFunctionObject, m_self);
FIELD(BuiltinFunction, module, PyCFunctionObject, m_module);
FIELD(BuiltinFunction, vectorcall, PyCFunctionObject, vectorcall);
SIZE(BuiltinMethod, PyCMethodObject);
FIELD(BuiltinMethod, defining_class, PyCMethodObject, mm_class);
SIZE(Cell, PyCellObject);
FIELD(Cell, value, PyCellObject, ob_ref);
SIZE(Traceback, PyTracebackObject);
FIELD(Traceback, next, PyTracebackObject, tb_next);
FIELD(Traceback, frame, PyTracebackObject, tb_frame);
FIELD(Traceback, last_instruction, PyTracebackObject, tb_lasti);
FIELD(Traceback, line, PyTracebackObject, tb_lineno);
SIZE(Generator, PyGenObject);
FIELD(Generator, code, PyGenObject, gi_code);
FIELD(Generator, name, PyGenObject, gi_name);
FIELD(Generator, exception_state, PyGenObject, gi_exc_state);
FIELD(Generator, origin_or_finalizer, PyGenObject, gi_origin_or_finalizer);
FIELD(Generator, frame_state, PyGenObject, gi_frame_state);
FIELD(Generator, iframe, PyGenObject, gi_iframe);
SIZE(WeakRef, PyWeakReference);
FIELD(WeakRef, referent, PyWeakReference, wr_object);
FIELD(WeakRef, callback, PyWeakReference, wr_callback);
FIELD(WeakRef, hash, PyWeakReference, hash);
FIELD(WeakRef, previous, PyWeakReference, wr_prev);
FIELD(WeakRef, next, PyWeakReference, wr_next);

// ---- exceptions ----
SIZE(BaseException, PyBaseExceptionObject);
FIELD(BaseException, dict, PyBaseExceptionObject, dict);
FIELD(BaseException, args, PyBaseExceptionObject, args);
FIELD(BaseException, notes, PyBaseExceptionObject, notes);
FIELD(BaseException, traceback, PyBaseExceptionObject, traceback);
FIELD(BaseException, context, PyBaseExceptionObject, context);
FIELD(BaseException, cause, PyBaseExceptionObject, cause);
FIELD(BaseException, suppress_context, PyBaseExceptionObject, suppress_context);
SIZE(ExceptionGroup, PyBaseExceptionGroupObject);
FIELD(ExceptionGroup, message, PyBaseExceptionGroupObject, msg);
FIELD(ExceptionGroup, exceptions, PyBaseExceptionGroupObject, excs);
SIZE(SyntaxError, PySyntaxErrorObject);
FIELD(SyntaxError, message, PySyntaxErrorObject, msg);
FIELD(SyntaxError, filename, PySyntaxErrorObject, filename);
FIELD(SyntaxError, line, PySyntaxErrorObject, lineno);
FIELD(SyntaxError, offset, PySyntaxErrorObject, offset);
FIELD(SyntaxError, end_line, PySyntaxErrorObject, end_lineno);
FIELD(SyntaxError, end_offset, PySyntaxErrorObject, end_offset);
FIELD(SyntaxError, text, PySyntaxErrorObject, text);
FIELD(SyntaxError, print_file_and_line, PySyntaxErrorObject, print_file_and_line);
SIZE(ImportError, PyImportErrorObject);
FIELD(ImportError, message, PyImportErrorObject, msg);
FIELD(ImportError, name, PyImportErrorObject, name);
FIELD(ImportError, path, PyImportErrorObject, path);
SIZE(UnicodeErrorObject, PyUnicodeErrorObject);
FIELD(UnicodeErrorObject, encoding, PyUnicodeErrorObject, encoding);
FIELD(UnicodeErrorObject, object, PyUnicodeErrorObject, object);
FIELD(UnicodeErrorObject, start, PyUnicodeErrorObject, start);
FIELD(UnicodeErrorObject, end, PyUnicodeErrorObject, end);
FIELD(UnicodeErrorObject, reason, PyUnicodeErrorObject, reason);
SIZE(SystemExit, PySystemExitObject);
FIELD(SystemExit, code, PySystemExitObject, code);
SIZE(OSErrorObject, PyOSErrorObject);
FIELD(OSErrorObject, error_number, PyOSErrorObject, myerrno);
FIELD(OSErrorObject, text, PyOSErrorObject, strerror);
FIELD(OSErrorObject, filename, PyOSErrorObject, filename);
FIELD(OSErrorObject, filename2, PyOSErrorObject, filename2);
FIELD(OSErrorObject, written, PyOSErrorObject, written);
SIZE(StopIteration, PyStopIterationObject);
FIELD(StopIteration, value, PyStopIterationObject, value);
SIZE(NameError, PyNameErrorObject);
FIELD(NameError, name, PyNameErrorObject, name);
SIZE(AttributeError, PyAttributeErrorObject);
FIELD(AttributeError, object, PyAttributeErrorObject, obj);
FIELD(AttributeError, name, PyAttributeErrorObject, name);

// ---- runtime ----
SIZE(Buffer, Py_buffer);
FIELD(Buffer, data, Py_buffer, buf);
FIELD(Buffer, owner, Py_buffer, obj);
FIELD(Buffer, length, Py_buffer, len);
FIELD(Buffer, item_size, Py_buffer, itemsize);
FIELD(Buffer, readonly, Py_buffer, readonly);
FIELD(Buffer, dimensions, Py_buffer, ndim);
FIELD(Buffer, format, Py_buffer, format);
FIELD(Buffer, shape, Py_buffer, shape);
FIELD(Buffer, strides, Py_buffer, strides);
FIELD(Buffer, suboffsets, Py_buffer, suboffsets);
FIELD(Buffer, internal, Py_buffer, internal);
FIELD(ThreadState, previous, PyThreadState, prev);
FIELD(ThreadState, next, PyThreadState, next);
FIELD(ThreadState, interpreter, PyThreadState, interp);
FIELD(ThreadState, recursion_remaining, PyThreadState, recursion_remaining);
FIELD(ThreadState, recursion_limit, PyThreadState, recursion_limit);
FIELD(ThreadState, recursion_headroom, PyThreadState, recursion_headroom);
FIELD(ThreadState, tracing, PyThreadState, tracing);
FIELD(ThreadState, tracing_what, PyThreadState, tracing_what);
FIELD(ThreadState, cframe, PyThreadState, cframe);
FIELD(ThreadState, profile_function, PyThreadState, c_profilefunc);
FIELD(ThreadState, trace_function, PyThreadState, c_tracefunc);
FIELD(ThreadState, profile_object, PyThreadState, c_profileobj);
FIELD(ThreadState, trace_object, PyThreadState, c_traceobj);
FIELD(ThreadState, error_type, PyThreadState, curexc_type);
FIELD(ThreadState, error_value, PyThreadState, curexc_value);
FIELD(ThreadState, error_traceback, PyThreadState, curexc_traceback);
FIELD(ThreadState, exception_stack, PyThreadState, exc_info);
FIELD(ThreadState, dict, PyThreadState, dict);
FIELD(ThreadState, gilstate_counter, PyThreadState, gilstate_counter);
FIELD(ThreadState, async_exception, PyThreadState, async_exc);
FIELD(ThreadState, thread_id, PyThreadState, thread_id);
FIELD(ThreadState, native_thread_id, PyThreadState, native_thread_id);
FIELD(ThreadState, trash_nesting, PyThreadState, trash_delete_nesting);
FIELD(ThreadState, trash_later, PyThreadState, trash_delete_later);
FIELD(ThreadState, on_delete, PyThreadState, on_delete);
FIELD(ThreadState, on_delete_data, PyThreadState, on_delete_data);
FIELD(ThreadState, coroutine_origin_depth, PyThreadState, coroutine_origin_tracking_depth);
FIELD(ThreadState, asyncgen_firstiter, PyThreadState, async_gen_firstiter);
FIELD(ThreadState, asyncgen_finalizer, PyThreadState, async_gen_finalizer);
FIELD(ThreadState, context, PyThreadState, context);
FIELD(ThreadState, context_version, PyThreadState, context_ver);
FIELD(ThreadState, id, PyThreadState, id);
FIELD(ThreadState, trace_info, PyThreadState, trace_info);
FIELD(ThreadState, datastack_chunk, PyThreadState, datastack_chunk);
FIELD(ThreadState, datastack_top, PyThreadState, datastack_top);
FIELD(ThreadState, datastack_limit, PyThreadState, datastack_limit);
FIELD(ThreadState, exception_base, PyThreadState, exc_state);
FIELD(ThreadState, root_cframe, PyThreadState, root_cframe);
FIELD(CFrame, use_tracing, _PyCFrame, use_tracing);
FIELD(CFrame, current_frame, _PyCFrame, current_frame);
FIELD(CFrame, previous, _PyCFrame, previous);
FIELD(StackChunk, data, _PyStackChunk, data);
FIELD(ExceptionStackItem, value, _PyErr_StackItem, exc_value);
FIELD(ExceptionStackItem, previous, _PyErr_StackItem, previous_item);

}  // namespace
