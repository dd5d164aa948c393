# Node's functions are found in the program that loads the addon: by import
# libraries made of lists of names, and late, so that the program may have any
# name (native/node/windows/delay_load_hook.cc). Other packages with an addon
# include this file too.
set(HP_WINDOWS_SOURCES ${CMAKE_CURRENT_LIST_DIR}/../native/node/windows/delay_load_hook.cc)
if(MINGW)
  list(APPEND HP_WINDOWS_SOURCES ${CMAKE_CURRENT_LIST_DIR}/mingw_thread_exit.cc)
endif()

# Links against what node.exe exports of Node-API, and of the names in `ARGN`,
# module definition files of one package's own.
function(hp_link_node addon)
  set(imports "")
  foreach(definition
      ${HP_NODE_API_HEADERS_DIR}/../def/js_native_api.def ${HP_NODE_API_HEADERS_DIR}/../def/node_api.def ${ARGN})
    get_filename_component(name ${definition} NAME_WE)
    get_filename_component(definition ${definition} ABSOLUTE)
    if(MSVC)
      set(library ${CMAKE_CURRENT_BINARY_DIR}/${addon}_${name}.lib)
      set(make_library ${CMAKE_AR} /nologo /machine:x64 /def:${definition} /out:${library})
    else()
      set(library ${CMAKE_CURRENT_BINARY_DIR}/lib${addon}_${name}.a)
      set(make_library ${CMAKE_DLLTOOL} -d ${definition} -D node.exe --output-delaylib ${library})
    endif()
    add_custom_command(OUTPUT ${library} DEPENDS ${definition} COMMAND ${make_library})
    list(APPEND imports ${library})
  endforeach()
  # CMake makes them before it links what has them among its sources.
  target_sources(${addon} PRIVATE ${HP_WINDOWS_SOURCES} ${imports})
  target_link_libraries(${addon} PRIVATE ${imports} delayimp)
  if(MSVC)
    target_link_options(${addon} PRIVATE /DELAYLOAD:node.exe)
  endif()
endfunction()
