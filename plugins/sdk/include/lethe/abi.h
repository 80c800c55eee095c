/* SPDX-License-Identifier: Apache-2.0
 *
 * The plugin ABI of Lethe, major version 1: the waist of the hourglass. C11, nothing but
 * fixed-width integers, sized views, opaque pointers and tables of functions. ABI.md is its policy
 * in prose.
 *
 * Rules that hold everywhere:
 *  - Each struct starts with struct_size, filled in by whoever made it. Structs grow only at the
 * end; a reader looks at a member only if struct_size covers it. Reserved members are zero.
 *  - Arrays cross with their stride, so that a struct may grow under an old plugin.
 *  - Inputs are borrowed for the duration of the call. Outputs of apply() live in the batch's
 * arena. Whoever creates an object destroys it. No memory is freed across the boundary.
 *  - No exception, RTTI, allocator or FILE crosses. A function that can fail returns 0 or an error
 *    kind (LETHE_TRANSIENT ...) and fills in a lethe_failure.
 *  - One instance serves one task: no concurrent calls on it. check() and make() may run on any
 *    thread. The library is never unloaded.
 */
#ifndef LETHE_ABI_H_
#define LETHE_ABI_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LETHE_ABI_MAJOR 1
#define LETHE_ABI_MINOR 0

#if defined(__GNUC__)
#define LETHE_EXPORT __attribute__((visibility("default")))
#else
#define LETHE_EXPORT
#endif

/* Bytes or UTF-8 text, not terminated. data == NULL means null (an absent key, a tombstone). */
typedef struct lethe_view {
  const char* data;
  uint64_t size;
} lethe_view;

/* Error kinds: what happens next. The same numbers as lethe::ErrorKind. */
enum {
  LETHE_OK = 0,
  LETHE_TRANSIENT = 1,
  LETHE_BAD_RECORD = 2,
  LETHE_BAD_CONFIG = 3,
  LETHE_SHREDDED = 4,
  LETHE_UNKNOWN_KEY = 5,
  LETHE_BLOCKED = 6,
  LETHE_INTERNAL = 7
};

/* Why a call failed. message must be one of the module's declared messages (pointer and size, or
 * equal text); any other text is withheld by the host, so that data cannot reach a log. path is an
 * option path or a field path, or null. */
typedef struct lethe_failure {
  uint32_t struct_size;
  uint32_t reserved;
  lethe_view message;
  lethe_view path;
} lethe_failure;

/* ---- records --------------------------------------------------------------------------------- */

typedef struct lethe_header {
  lethe_view name;
  lethe_view value; /* may be null */
} lethe_header;

typedef struct lethe_record {
  uint32_t struct_size;
  int32_t partition;    /* -1: the source has none */
  int64_t offset;       /* -1: the source has none */
  int64_t timestamp_ms; /* since 1970; -1: none */
  lethe_view topic;     /* of the source; file name or "stdin" for the others */
  lethe_view key;       /* null: the record has no key */
  lethe_view value;     /* null: a tombstone */
  const lethe_header* headers;
  uint64_t n_headers;
  uint64_t header_stride;
} lethe_record;

enum {
  LETHE_KEEP = 0,     /* the record goes on as it came */
  LETHE_REPLACED = 1, /* the members named in `replaced` are new */
  LETHE_DROP = 2,     /* the record ends here, deliberately */
  LETHE_FAILED = 3    /* error_kind, message, path say why */
};

enum {
  LETHE_REPLACED_KEY = 1u,
  LETHE_REPLACED_VALUE = 2u,
  LETHE_REPLACED_TOPIC = 4u,
  LETHE_REPLACED_HEADERS = 8u /* the whole list */
};

/* What becomes of a failed record: 0 leaves it to the pipeline's on_error. */
enum {
  LETHE_BY_POLICY = 0,
  LETHE_STOP = 1,
  LETHE_DEAD_LETTER = 2,
  LETHE_DISCARD = 3,
  LETHE_PASS = 4
};

/* One per record, zeroed by the host but for struct_size. */
typedef struct lethe_verdict {
  uint32_t struct_size;
  int32_t action;
  int32_t error_kind;
  int32_t disposition;
  uint32_t replaced;
  uint32_t reserved;
  lethe_view message;
  lethe_view path;
  lethe_view key;
  lethe_view value;
  lethe_view topic;
  const lethe_header* headers;
  uint64_t n_headers;
} lethe_verdict;

/* Memory that lives as long as the batch and is wiped when the batch is recycled. */
typedef struct lethe_arena {
  uint32_t struct_size;
  uint32_t reserved;
  void* self;
  /* align: a power of two up to 16. NULL when the batch would become too large. */
  void* (*allocate)(void* self, uint64_t size, uint64_t align);
} lethe_arena;

typedef struct lethe_batch {
  uint32_t struct_size;
  uint32_t reserved;
  const lethe_record* records;
  uint64_t record_stride;
  lethe_verdict* verdicts;
  uint64_t verdict_stride;
  uint64_t n;
  const lethe_arena* arena;
} lethe_batch;

/* ---- options --------------------------------------------------------------------------------- */

enum { LETHE_NODE_SCALAR = 1, LETHE_NODE_LIST = 2, LETHE_NODE_MAP = 3 };

/* A node of the options tree, read through functions. Views live as long as the tree: for the whole
 * of check() or make(). Secrets have been resolved before. */
typedef struct lethe_node lethe_node;

typedef struct lethe_node_functions {
  uint32_t struct_size;
  uint32_t reserved;
  int32_t (*kind)(const lethe_node* node);
  lethe_view (*text)(const lethe_node* node);                         /* scalar */
  uint64_t (*size)(const lethe_node* node);                           /* list, map */
  const lethe_node* (*at)(const lethe_node* node, uint64_t index);    /* list, map */
  lethe_view (*name_at)(const lethe_node* node, uint64_t index);      /* map */
  const lethe_node* (*find)(const lethe_node* node, lethe_view name); /* map; NULL: not given */
} lethe_node_functions;

typedef struct lethe_options {
  uint32_t struct_size;
  uint32_t reserved;
  const lethe_node* root; /* a map */
  const lethe_node_functions* functions;
} lethe_options;

enum {
  LETHE_TYPE_STRING = 1,
  LETHE_TYPE_BOOL = 2,  /* true, false */
  LETHE_TYPE_INT = 3,   /* decimal, fits int64 */
  LETHE_TYPE_ENUM = 4,  /* one of choices, "a|b|c" */
  LETHE_TYPE_LIST = 5,  /* of children[0] */
  LETHE_TYPE_MAP = 6,   /* members are the children; without children, free names */
  LETHE_TYPE_ONE_OF = 7 /* any of the children's types, tried in order */
};

enum { LETHE_OPTION_REQUIRED = 1u, LETHE_OPTION_SECRET = 2u };

/* An option, or for lists and maps the shape of what is inside. */
typedef struct lethe_option {
  uint32_t struct_size;
  uint32_t type;
  uint32_t flags;
  uint32_t reserved;
  lethe_view name;
  lethe_view doc;
  lethe_view default_text; /* null: none */
  lethe_view choices;      /* LETHE_TYPE_ENUM */
  const struct lethe_option* children;
  uint64_t n_children;
  uint64_t child_stride;
} lethe_option;

/* check() reports any number of complaints; path is written as in YAML: "fields[1].path". The text
 * is free here: no record has been seen yet. */
typedef struct lethe_report {
  uint32_t struct_size;
  uint32_t reserved;
  void* self;
  void (*complain)(void* self, lethe_view path, lethe_view text);
} lethe_report;

/* ---- host services --------------------------------------------------------------------------- */

/* Services are asked for by name in make(); a host that lacks one answers NULL. They belong to the
 * instance that asked and live as long as it does. */
#define LETHE_SERVICE_KEYS "lethe.keys.v1"
#define LETHE_SERVICE_LOG "lethe.log.v1"
#define LETHE_SERVICE_METRICS "lethe.metrics.v1"
#define LETHE_SERVICE_CLOCK "lethe.clock.v1"

typedef struct lethe_host {
  uint32_t struct_size;
  uint32_t abi_minor; /* of the host */
  void* self;
  const void* (*service)(void* self, lethe_view name);
  lethe_view dataset;  /* logical name of the pipeline's stream */
  lethe_view pipeline; /* its name */
} lethe_host;

enum { LETHE_LOG_DEBUG = 0, LETHE_LOG_INFO = 1, LETHE_LOG_WARNING = 2, LETHE_LOG_ERROR = 3 };

typedef struct lethe_log_service {
  uint32_t struct_size;
  uint32_t reserved;
  void* self;
  /* message: a declared message of the module; path may be null; number is printed if not -1. */
  void (*write)(void* self, int32_t level, lethe_view message, lethe_view path, int64_t number);
} lethe_log_service;

typedef struct lethe_metrics_service {
  uint32_t struct_size;
  uint32_t reserved;
  void* self;
  /* A counter `name` with the label path="..." (null: no such label). Made once, in make(). The
   * host adds labels for pipeline and transform. Never 0. */
  uint64_t (*counter)(void* self, lethe_view name, lethe_view path);
  void (*add)(void* self, uint64_t counter, uint64_t n);
} lethe_metrics_service;

typedef struct lethe_clock_service {
  uint32_t struct_size;
  uint32_t reserved;
  void* self;
  int64_t (*now_ms)(void* self); /* since 1970 */
} lethe_clock_service;

/* States of a key, never confused with one another (custody protocol, states on read). */
enum {
  LETHE_KEY_AVAILABLE = 0,
  LETHE_KEY_SHREDDED = 1, /* opening: erased, proved by a fence. Sealing: refused, policy "block" */
  LETHE_KEY_BLOCKED = 2,  /* restricted */
  LETHE_KEY_UNKNOWN = 3,  /* neither key nor fence */
  LETHE_KEY_DROPPED = 4,  /* sealing for an erased subject, policy "drop": drop the record */
  LETHE_KEY_INVALID = 5,  /* sealing: name empty, longer than 1024 bytes or reserved */
  LETHE_KEY_TAMPERED = 6  /* the row failed its check; never means erasure */
};

/* What a new record of an erased subject meets; the fence's own policy wins. */
enum { LETHE_ERASED_BLOCK = 0, LETHE_ERASED_RECREATE = 1, LETHE_ERASED_DROP = 2 };

typedef struct lethe_sealing_key {
  uint32_t struct_size;
  uint32_t suite; /* number of the specification, section 2 */
  lethe_view name;
  /* answers */
  uint64_t handle; /* valid until the next for_sealing or for_opening of this instance */
  int32_t state;
  uint32_t reserved;
  uint8_t dek_id[16];
} lethe_sealing_key;

typedef struct lethe_opening_key {
  uint32_t struct_size;
  int32_t state; /* answer */
  uint8_t dek_id[16];
  uint64_t handle; /* answer; valid as above */
} lethe_opening_key;

enum { LETHE_CRYPTO_OK = 0, LETHE_CRYPTO_AUTH_FAILED = 1, LETHE_CRYPTO_UNSUPPORTED = 2 };

typedef struct lethe_seal_item {
  uint32_t struct_size;
  uint32_t suite;
  uint64_t handle;
  lethe_view aad;
  lethe_view plaintext;
  uint8_t* out;  /* room for nonce + plaintext.size + tag; receives nonce | ciphertext | tag */
  int32_t state; /* answer: LETHE_CRYPTO_* */
  uint32_t reserved;
} lethe_seal_item;

typedef struct lethe_open_item {
  uint32_t struct_size;
  uint32_t suite;
  uint64_t handle;
  lethe_view aad;
  lethe_view sealed; /* nonce | ciphertext | tag */
  uint8_t* out;      /* room for the ciphertext; wiped unless state is LETHE_CRYPTO_OK */
  int32_t state;     /* answer */
  uint32_t reserved;
} lethe_open_item;

/* Use of keys, never their bytes. A call answers for a whole batch; it fails as a whole only when
 * the store or the KMS is away (LETHE_TRANSIENT) or on a bug. Duplicate names or ids are fine. */
typedef struct lethe_key_service {
  uint32_t struct_size;
  uint32_t reserved;
  void* self;
  lethe_view tenant;
  /* Finds the active key of each name; the key ring, never the plugin, causes a key's birth. */
  int32_t (*for_sealing)(void* self, lethe_sealing_key* keys, uint64_t stride, uint64_t n,
                         int32_t on_erased, lethe_failure* failure);
  int32_t (*for_opening)(void* self, lethe_opening_key* keys, uint64_t stride, uint64_t n,
                         lethe_failure* failure);
  int32_t (*seal)(void* self, lethe_seal_item* items, uint64_t stride, uint64_t n);
  int32_t (*open)(void* self, lethe_open_item* items, uint64_t stride, uint64_t n);
  /* SHA-256 of bytes, 32 bytes to out: the record key in the AAD (specification, section 4). */
  void (*sha256)(void* self, lethe_view bytes, uint8_t* out);
} lethe_key_service;

/* ---- plugins --------------------------------------------------------------------------------- */

enum { LETHE_TRANSFORM = 1, LETHE_PREDICATE = 2, LETHE_ROOT_KEY_PROVIDER = 3 };

typedef struct lethe_plugin {
  uint32_t struct_size;
  uint32_t kind;
  lethe_view name;
  lethe_view version;
  lethe_view doc;
  const lethe_option* options;
  uint64_t n_options;
  uint64_t option_stride;
  /* Complaints about the options beyond their types. No I/O. May be NULL. */
  int32_t (*check)(const lethe_options* options, const lethe_report* report);
  /* A finished object in *self, or an error kind. host outlives the object. */
  int32_t (*make)(const lethe_options* options, const lethe_host* host, void** self,
                  lethe_failure* failure);
  void (*destroy)(void* self);
  /* LETHE_TRANSFORM: sets a verdict per record. A return other than 0 fails the whole batch. */
  int32_t (*apply)(void* self, const lethe_batch* batch, lethe_failure* failure);
  /* LETHE_PREDICATE: answers[i] = 0 or 1 for record i. */
  int32_t (*test)(void* self, const lethe_batch* batch, uint8_t* answers, lethe_failure* failure);
  /* LETHE_ROOT_KEY_PROVIDER: wraps and unwraps 32 bytes. *size: room in, length out. */
  int32_t (*wrap)(void* self, lethe_view aad, lethe_view key, uint8_t* out, uint64_t* size,
                  lethe_failure* failure);
  int32_t (*unwrap)(void* self, lethe_view aad, lethe_view wrapped, uint8_t* out, uint64_t* size,
                    lethe_failure* failure);
} lethe_plugin;

typedef struct lethe_module {
  uint32_t struct_size;
  uint32_t abi_minor; /* the plugin was compiled with */
  uint32_t min_minor; /* the oldest host it works with */
  uint32_t reserved;
  lethe_view name;
  lethe_view version;
  const lethe_plugin* plugins;
  uint64_t n_plugins;
  uint64_t plugin_stride;
  const lethe_view* messages; /* every text a failure, verdict or log line may carry */
  uint64_t n_messages;
} lethe_module;

/* The one exported symbol of a library. The major version is in the name. NULL: refused to load. */
LETHE_EXPORT const lethe_module* lethe_module_v1(void);

#ifdef __cplusplus
}
#endif

#endif /* LETHE_ABI_H_ */
