# One target carries the warnings and sanitizers of everything we write ourselves.
add_library(guarantee_flags INTERFACE)
target_compile_options(guarantee_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Wold-style-cast -Wunused -Werror)
if(GUARANTEE_SANITIZE)
  target_compile_options(guarantee_flags INTERFACE
    -fsanitize=${GUARANTEE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(guarantee_flags INTERFACE -fsanitize=${GUARANTEE_SANITIZE})
  if(GUARANTEE_SANITIZE MATCHES "thread")
    # Asio fences where it need not, and GCC warns that it cannot follow fences.
    target_compile_options(guarantee_flags INTERFACE -Wno-tsan)
    target_compile_definitions(guarantee_flags INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
  endif()
endif()
