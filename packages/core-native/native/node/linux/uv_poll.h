// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

// The few libuv calls that let Node's own loop watch one descriptor. They are
// declared here, with opaque types, because headers for libuv come with only
// some Node installations; all of them are stable throughout libuv 1.x, and
// handle sizes are asked for at run time.
extern "C" {

struct uv_loop_s;
struct uv_handle_s;
struct uv_poll_s;

using uv_close_cb = void (*)(uv_handle_s* handle);
using uv_poll_cb = void (*)(uv_poll_s* handle, int status, int events);

std::size_t uv_handle_size(int handle_type);
void* uv_handle_get_data(const uv_handle_s* handle);
void uv_handle_set_data(uv_handle_s* handle, void* data);
int uv_poll_init(uv_loop_s* loop, uv_poll_s* handle, int fd);
int uv_poll_start(uv_poll_s* handle, int events, uv_poll_cb callback);
void uv_close(uv_handle_s* handle, uv_close_cb callback);
void uv_ref(uv_handle_s* handle);
void uv_unref(uv_handle_s* handle);
}

namespace hp::node {

inline constexpr int kUvPollHandle = 8;  // UV_POLL
inline constexpr int kUvReadable = 1;    // UV_READABLE

}  // namespace hp::node
