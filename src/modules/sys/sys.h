// The sys module, one file a theme.
#pragma once
#include "object/bind.h"

namespace habu::sys {

extern const MethodDef kFrameMethods[];    // frames.cpp: tracing, frames, exceptions in flight, asyncgen hooks
extern const MethodDef kHookMethods[];     // hooks.cpp: displayhook, excepthook, unraisablehook, breakpointhook
extern const MethodDef kAuditMethods[];    // audit.cpp
extern const MethodDef kSettingMethods[];  // settings.cpp: limits, intervals, sizes, encodings
Status addConstants(ThreadState&, Module*);  // constants.cpp: version, flags, float_info...
Status addHookTypes(ThreadState&);           // hooks.cpp
Status addFrameTypes(ThreadState&);

}  // namespace habu::sys
