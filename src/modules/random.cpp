// _random: the Mersenne Twister MT19937, seeded as its authors' init_by_array() does.
#include <sys/random.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>

#include "object/attribute.h"
#include "object/bind.h"
#include "object/module_def.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/heap_type.h"
#include "types/int.h"
#include "types/tuple.h"

namespace habu {

namespace {

constexpr int kWords = 624, kMiddle = 397;

struct Random : Object {
  int next;  // word to be used next; kWords: the state must be stirred first
  uint32_t state[kWords];
};

void stir(Random* r) {
  auto mix = [](uint32_t high, uint32_t low) {
    uint32_t y = (high & 0x80000000u) | (low & 0x7fffffffu);
    return y >> 1 ^ (low & 1 ? 0x9908b0dfu : 0);
  };
  uint32_t* s = r->state;
  for (int k = 0; k < kWords - kMiddle; ++k) s[k] = s[k + kMiddle] ^ mix(s[k], s[k + 1]);
  for (int k = kWords - kMiddle; k < kWords - 1; ++k) s[k] = s[k + kMiddle - kWords] ^ mix(s[k], s[k + 1]);
  s[kWords - 1] = s[kMiddle - 1] ^ mix(s[kWords - 1], s[0]);
  r->next = 0;
}

uint32_t draw(Random* r) {
  if (r->next >= kWords) stir(r);
  uint32_t y = r->state[r->next++];
  y ^= y >> 11;
  y ^= y << 7 & 0x9d2c5680u;
  y ^= y << 15 & 0xefc60000u;
  return y ^ y >> 18;
}

void seedByWord(Random* r, uint32_t seed) {
  r->state[0] = seed;
  for (int i = 1; i < kWords; ++i) r->state[i] = 1812433253u * (r->state[i - 1] ^ r->state[i - 1] >> 30) + uint32_t(i);
  r->next = kWords;
}

void seedByArray(Random* r, const uint32_t* key, size_t length) {
  uint32_t* s = r->state;
  seedByWord(r, 19650218u);
  size_t i = 1, j = 0;
  auto advance = [&] {
    if (++i >= kWords) {
      s[0] = s[kWords - 1];
      i = 1;
    }
  };
  for (size_t k = length > kWords ? length : kWords; k; --k) {
    s[i] = (s[i] ^ (s[i - 1] ^ s[i - 1] >> 30) * 1664525u) + key[j] + uint32_t(j);
    advance();
    if (++j >= length) j = 0;
  }
  for (int k = kWords - 1; k; --k) {
    s[i] = (s[i] ^ (s[i - 1] ^ s[i - 1] >> 30) * 1566083941u) - uint32_t(i);
    advance();
  }
  s[0] = 0x80000000u;
}

void seedByChance(Random* r) {
  uint32_t key[kWords];
  if (getrandom(key, sizeof key, GRND_NONBLOCK) == ssize_t(sizeof key)) {
    seedByArray(r, key, kWords);
    return;
  }
  timespec now{}, up{};
  clock_gettime(CLOCK_REALTIME, &now);
  clock_gettime(CLOCK_MONOTONIC, &up);
  uint32_t weak[5] = {uint32_t(now.tv_nsec), uint32_t(now.tv_sec), uint32_t(getpid()), uint32_t(up.tv_nsec), uint32_t(up.tv_sec)};
  seedByArray(r, weak, 5);
}

Status seedFrom(ThreadState& ts, Random* self, Object* value) {
  if (!value || isNone(value)) {
    seedByChance(self);
    return kDone;
  }
  Ref<Int> n = isInt(value) ? TRY(absInt(ts, static_cast<Int*>(value)))
                            : TRY(newIntUnsigned(ts, static_cast<unsigned long long>(TRY(hashOf(ts, value)))));
  size_t words = (bitLength(n.get()) + 31) / 32;
  if (words == 0) words = 1;
  auto* key = static_cast<uint32_t*>(std::malloc(words * 4));
  if (!key) return raiseNoMemory(ts);
  intToBytes(n.get(), reinterpret_cast<unsigned char*>(key), words * 4, true, false);
  seedByArray(self, key, words);
  std::free(key);
  return kDone;
}

Status init(ThreadState& ts, Random* self, Tuple* args, Dict* keywords) {
  TRY(noKeywords(ts, "Random", keywords));
  if (args->size > 1) return raise(ts, kTypeError, "Random() requires 0 or 1 argument");
  return seedFrom(ts, self, args->size ? args->items[0] : nullptr);
}
Ref<> make(ThreadState&, Type* type, Tuple*, Dict*) { return allocateInstance<Random>(type); }

double random(ThreadState&, Random* self) {
  uint32_t a = draw(self) >> 5, b = draw(self) >> 6;
  return (a * 67108864.0 + b) * (1.0 / 9007199254740992.0);
}

Status seed(ThreadState& ts, Random* self, Object* n) { return seedFrom(ts, self, n); }

Ref<> getrandbits(ThreadState& ts, Random* self, int k) {
  if (k < 0) return raise(ts, kValueError, "number of bits must be non-negative");
  if (k == 0) return newInt(ts, 0);
  if (k <= 32) return newInt(ts, draw(self) >> (32 - k));
  size_t words = (size_t(k) - 1) / 32 + 1;
  auto* bits = static_cast<uint32_t*>(std::malloc(words * 4));
  if (!bits) return raiseNoMemory(ts);
  for (size_t i = 0; i < words; ++i, k -= 32) {
    bits[i] = draw(self);
    if (k < 32) bits[i] >>= 32 - k;
  }
  Ref<Int> r = intFromBytes(ts, reinterpret_cast<unsigned char*>(bits), words * 4, true, false);
  std::free(bits);
  return r;
}

Ref<> getstate(ThreadState& ts, Random* self) {
  Ref<Tuple> t = TRY(newTupleUninitialized(ts, kWords + 1));
  for (int i = 0; i < kWords; ++i) put(t.get(), i, TRY(newInt(ts, self->state[i])));
  put(t.get(), kWords, TRY(newInt(ts, self->next)));
  return t;
}

Result<unsigned long> wordOf(ThreadState& ts, Object* o) {
  if (!isInt(o)) return raise(ts, kTypeError, "an integer is required");
  auto* i = static_cast<Int*>(o);
  if (i->size < 0) return raise(ts, kOverflowError, "can't convert negative value to unsigned int");
  int overflow;
  long long v = toLongLong(i, overflow);
  if (overflow && bitLength(i) > 64) return raise(ts, kOverflowError, "Python int too large to convert to C unsigned long");
  return static_cast<unsigned long>(overflow ? TRY(asUnsignedLongLong(ts, o)) : static_cast<unsigned long long>(v));
}

Status setstate(ThreadState& ts, Random* self, Object* state) {
  if (!isTuple(state)) return raise(ts, kTypeError, "state vector must be a tuple");
  auto* t = static_cast<Tuple*>(state);
  if (t->size != kWords + 1) return raise(ts, kValueError, "state vector is the wrong size");
  uint32_t fresh[kWords];
  for (int i = 0; i < kWords; ++i) fresh[i] = uint32_t(TRY(wordOf(ts, t->items[i])));
  Ref<Int> position = TRY(indexObject(ts, t->items[kWords]));
  int overflow;
  long long next = toLongLong(position.get(), overflow);
  if (overflow) return raise(ts, kOverflowError, "Python int too large to convert to C long");
  if (next < 0 || next > kWords) return raise(ts, kValueError, "invalid state");
  self->next = int(next);
  for (int i = 0; i < kWords; ++i) self->state[i] = fresh[i];
  return kDone;
}

void dealloc(Object* self) { freeInstance(self); }

constexpr MethodDef kMethods[] = {
    METHOD(random, "($self, /)", "random() -> x in the interval [0, 1)."),
    METHOD(seed, "($self, n=None, /)", "Sets the state from n: an int, any hashable object, or None for a seed by chance."),
    METHOD(getstate, "($self, /)", "The state, as a tuple of integers."),
    METHOD(setstate, "($self, state, /)", "Restores a state from getstate()."),
    METHOD(getrandbits, "($self, k, /)", "getrandbits(k) -> x. An integer with k random bits."),
    {}};

constexpr Type kRandomType = defineType<Random>({
    .name = "_random.Random",
    .doc = "Random() -> create a random number generator with its own internal state.",
    .flags = kBaseType,
    .methods = kMethods,
    .make = makeSlot<make>,
    .init = initSlot<init>,
    .dealloc = dealloc});

Status populate(ThreadState& ts, Module* m) {
  return addObject(ts, m, "Random", Ref<>(TRY(makeHeapType(ts, kRandomType))));
}

}  // namespace

extern const ModuleDef kRandomModule = {
    .name = "_random", .doc = "The Mersenne Twister random number generator.", .populate = populate};

}  // namespace habu
