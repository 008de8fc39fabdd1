// Audit events (PEP 578): cheap while no hook is installed.
#pragma once
#include <initializer_list>

#include "object/core.h"

namespace habu {

extern bool auditing;  // any hook installed?
Status auditEvent(ThreadState&, const char* event, std::initializer_list<Object*> args);  // modules/sys/audit.cpp

inline Status audit(ThreadState& ts, const char* event, std::initializer_list<Object*> args = {}) {
  if (!auditing) [[likely]]
    return kDone;
  return auditEvent(ts, event, args);
}

}  // namespace habu
