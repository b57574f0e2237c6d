// What Wine 8 lacks of Windows 10's bcryptprimitives.dll, for the prefix of the tests alone.
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE buffer, SIZE_T length) {
  for (SIZE_T at = 0; at < length;) {
    ULONG part = length - at > 0x10000000 ? 0x10000000 : (ULONG)(length - at);
    if (!SystemFunction036(buffer + at, part)) return FALSE;
    at += part;
  }
  return TRUE;
}
