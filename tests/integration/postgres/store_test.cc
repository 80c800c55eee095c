// SPDX-License-Identifier: Apache-2.0
#include "kms/store/postgres_key_store.h"
