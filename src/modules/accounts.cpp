// The modules `pwd` and `grp`: the system's users and groups.
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>

#include <memory>

#include "modules/posix/posix.h"
#include "types/int.h"
#include "types/list.h"
#include "types/structseq.h"

namespace habu {
namespace {

Type *passwd_type, *group_type;

Ref<> textOrNone(ThreadState& ts, const char* text) {
  if (!text) return none();
  return strFromFileSystem(ts, text);
}

Ref<> passwdObject(ThreadState& ts, const passwd& p) {
  StructSeqBuilder b(ts, passwd_type);
  b.add(textOrNone(ts, p.pw_name));
  b.add(textOrNone(ts, p.pw_passwd));
  b.add(posix::idObject(ts, p.pw_uid));
  b.add(posix::idObject(ts, p.pw_gid));
  b.add(textOrNone(ts, p.pw_gecos));
  b.add(textOrNone(ts, p.pw_dir));
  b.add(textOrNone(ts, p.pw_shell));
  return b.finish();
}

Ref<> groupObject(ThreadState& ts, const group& g) {
  Ref<List> members = TRY(newList(ts));
  for (char** m = g.gr_mem; m && *m; ++m) TRY(appendList(ts, members.get(), Ref<>(TRY(strFromFileSystem(ts, *m)))));
  StructSeqBuilder b(ts, group_type);
  b.add(textOrNone(ts, g.gr_name));
  b.add(textOrNone(ts, g.gr_passwd));
  b.add(posix::idObject(ts, g.gr_gid));
  b.add(std::move(members));
  return b.finish();
}

// Calls one of the re-entrant look-ups with a growing buffer, without the GIL. `found` tells whether there is an entry.
template <class Entry, class Lookup>
Status lookUp(ThreadState& ts, Entry& entry, std::unique_ptr<char[]>& buffer, bool& found, Lookup look_up) {
  for (size_t size = 1024;; size *= 2) {
    buffer.reset(new (std::nothrow) char[size]);
    if (!buffer) return raiseNoMemory(ts);
    Entry* result = nullptr;
    int error;
    {
      GilRelease allow(ts);
      error = look_up(&entry, buffer.get(), size, &result);
    }
    if (error == ERANGE && size < (size_t{1} << 28)) continue;
    found = error == 0 && result;
    return kDone;
  }
}

Result<Ref<Bytes>> nameBytes(ThreadState& ts, Object* name) { return TRY(fileSystemBytes(ts, name)); }

Ref<> getpwnam(ThreadState& ts, Module*, Str* name) {
  Ref<Bytes> text = TRY(nameBytes(ts, name));
  passwd entry;
  std::unique_ptr<char[]> buffer;
  bool found = false;
  TRY(lookUp(ts, entry, buffer, found, [&](passwd* p, char* b, size_t n, passwd** r) { return ::getpwnam_r(text->data, p, b, n, r); }));
  if (!found) return raise(ts, kKeyError, "getpwnam(): name not found: {!r}", name);
  return passwdObject(ts, entry);
}

Ref<> getpwuid(ThreadState& ts, Module*, Object* id) {
  auto uid = posix::idFrom(ts, id, "uid");
  if (uid.failed()) {
    if (!errorMatches(ts, kOverflowError)) return Raised{};
    return raise(ts, kKeyError, "getpwuid(): uid not found");
  }
  uid_t wanted = uid.take();
  passwd entry;
  std::unique_ptr<char[]> buffer;
  bool found = false;
  TRY(lookUp(ts, entry, buffer, found, [&](passwd* p, char* b, size_t n, passwd** r) { return ::getpwuid_r(wanted, p, b, n, r); }));
  if (!found) return raise(ts, kKeyError, "getpwuid(): uid not found: {}", posix::idObject(ts, wanted));
  return passwdObject(ts, entry);
}

Ref<> getpwall(ThreadState& ts, Module*) {
  Ref<List> all = TRY(newList(ts));
  ::setpwent();
  while (passwd* p = ::getpwent()) {
    Ref<> entry = passwdObject(ts, *p);
    if (!entry || appendList(ts, all.get(), entry.get()).failed()) {
      ::endpwent();
      return Raised{};
    }
  }
  ::endpwent();
  return all;
}

Ref<> getgrnam(ThreadState& ts, Module*, Str* name) {
  Ref<Bytes> text = TRY(nameBytes(ts, name));
  group entry;
  std::unique_ptr<char[]> buffer;
  bool found = false;
  TRY(lookUp(ts, entry, buffer, found, [&](group* g, char* b, size_t n, group** r) { return ::getgrnam_r(text->data, g, b, n, r); }));
  if (!found) return raise(ts, kKeyError, "getgrnam(): name not found: {!r}", name);
  return groupObject(ts, entry);
}

Ref<> getgrgid(ThreadState& ts, Module*, posix::Gid id) {
  group entry;
  std::unique_ptr<char[]> buffer;
  bool found = false;
  TRY(lookUp(ts, entry, buffer, found, [&](group* g, char* b, size_t n, group** r) { return ::getgrgid_r(id.id, g, b, n, r); }));
  if (!found) return raise(ts, kKeyError, "getgrgid(): gid not found: {}", posix::idObject(ts, id.id));
  return groupObject(ts, entry);
}

Ref<> getgrall(ThreadState& ts, Module*) {
  Ref<List> all = TRY(newList(ts));
  ::setgrent();
  while (group* g = ::getgrent()) {
    Ref<> entry = groupObject(ts, *g);
    if (!entry || appendList(ts, all.get(), entry.get()).failed()) {
      ::endgrent();
      return Raised{};
    }
  }
  ::endgrent();
  return all;
}

constexpr StructSeqField kPasswdFields[] = {{"pw_name", "login name"}, {"pw_passwd", "password"}, {"pw_uid", "user id"},
                                            {"pw_gid", "group id"}, {"pw_gecos", "full name"}, {"pw_dir", "home directory"},
                                            {"pw_shell", "login shell"}, {}};
constexpr StructSeqDesc kPasswdDesc = {"pwd.struct_passwd", "A user of the system.", kPasswdFields, 7};
constexpr StructSeqField kGroupFields[] = {{"gr_name", "name"}, {"gr_passwd", "password"}, {"gr_gid", "group id"},
                                           {"gr_mem", "names of the members"}, {}};
constexpr StructSeqDesc kGroupDesc = {"grp.struct_group", "A group of users.", kGroupFields, 4};

Status populatePwd(ThreadState& ts, Module* m) {
  passwd_type = TRY(newStructSeqType(ts, kPasswdDesc)).release();
  return addObject(ts, m, "struct_passwd", Ref<>::share(passwd_type));
}
Status populateGrp(ThreadState& ts, Module* m) {
  group_type = TRY(newStructSeqType(ts, kGroupDesc)).release();
  return addObject(ts, m, "struct_group", Ref<>::share(group_type));
}

constexpr MethodDef kPwdMethods[] = {
    METHOD(getpwuid, "($module, uidobj, /)", "The user with an id."),
    METHOD(getpwnam, "($module, name, /)", "The user with a name."),
    METHOD(getpwall, "($module, /)", "All users, in no order."),
    {}};
constexpr MethodDef kGrpMethods[] = {
    METHOD(getgrgid, "($module, /, id)", "The group with an id."),
    METHOD(getgrnam, "($module, /, name)", "The group with a name."),
    METHOD(getgrall, "($module, /)", "All groups, in no order."),
    {}};

}  // namespace

extern const ModuleDef kPwdModule = {.name = "pwd", .doc = "The users of the system, as tuples of name, password, ids, full name, home directory and shell.", .methods = kPwdMethods, .populate = populatePwd};
extern const ModuleDef kGrpModule = {.name = "grp", .doc = "The groups of the system, as tuples of name, password, id and members.", .methods = kGrpMethods, .populate = populateGrp};

}  // namespace habu
