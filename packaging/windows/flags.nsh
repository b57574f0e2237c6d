; The command line, word by word, as Windows' programs write it: quotes around the whole flag, around its value, or none. A
; backslash before a quote is a backslash: no path has a quote in it, and a folder may end with one. After `/D=` and `_?=` NSIS
; itself has cut the line off.

Var Parameters ; what is not read yet
Var Word
Var Name       ; of a flag, with its slash
Var Value      ; of a flag, with its =; empty: none

!macro FlagFunctions un
; NSIS keeps so many characters of a command line; one that is longer would be read as another.
Function ${un}ReadCommandLine
  System::Call 'kernel32::GetCommandLineW() p .r1'
  System::Call 'kernel32::lstrlenW(p r1) i .r2'
  IntOp $1 ${NSIS_MAX_STRLEN} - 1
  ${If} $2 >= $1
    StrCpy $Word "..."
    !insertmacro Fail ${EXIT_FLAG} $(FlagWrong)
  ${EndIf}
  ${GetParameters} $Parameters
FunctionEnd

; Takes the next word off, without its quotes, and parts it at its first =. Empty where no more is there.
Function ${un}NextFlag
  StrCpy $Word ""
  StrCpy $2 0
  ${Do}
    StrCpy $1 $Parameters 1
    ${If} $1 == ""
      ${ExitDo}
    ${EndIf}
    StrCpy $Parameters $Parameters "" 1
    ${If} $1 == " "
    ${OrIf} $1 == "$\t"
    ${AndIf} $2 = 0
      ${If} $Word != ""
        ${ExitDo}
      ${EndIf}
    ${ElseIf} $1 == '"'
      IntOp $2 1 - $2
    ${Else}
      StrCpy $Word "$Word$1"
    ${EndIf}
  ${Loop}
  StrCpy $2 0
  ${Do}
    StrCpy $1 $Word 1 $2
    ${If} $1 == "="
    ${OrIf} $1 == ""
      ${ExitDo}
    ${EndIf}
    IntOp $2 $2 + 1
  ${Loop}
  StrCpy $Name $Word $2
  StrCpy $Value $Word "" $2
FunctionEnd
!macroend

; A path after its =, which is said once and not left out.
!macro TakePath into
  StrCpy $0 $Value "" 1
  ${If} $0 == ""
  ${OrIf} ${into} != ""
    !insertmacro Fail ${EXIT_FLAG} $(FlagWrong)
  ${EndIf}
  Call Whole
  StrCpy ${into} $0
!macroend

; Reads all flags of the installer, or ends: a flag that is passed over would install something else than was meant.
Function ReadFlags
  Call ReadCommandLine
  StrCpy $AllUsers 0
  StrCpy $Reseller ""
  StrCpy $ResellerFile ""
  ; Not empty here: said by /D=.
  ${If} $INSTDIR != ""
    StrCpy $0 $INSTDIR
    Call Whole
    StrCpy $INSTDIR $0
  ${EndIf}
  StrCpy $Asked $Parameters
  ${Do}
    Call NextFlag
    ${If} $Word == ""
      ${ExitDo}
    ${EndIf}
    ${If} $Word == "/S"
      SetSilent silent
    ${ElseIf} $Word == "/ALLUSERS"
      StrCpy $AllUsers 1
    ${ElseIf} $Word == "/NCRC"
      ; NSIS's own.
    ${ElseIf} $Name == "/RESELLER"
      ${If} $Value == "=on"
      ${AndIf} $Reseller != off
        StrCpy $Reseller on
      ${ElseIf} $Value == "=off"
      ${AndIf} $Reseller != on
        StrCpy $Reseller off
      ${Else}
        !insertmacro Fail ${EXIT_RESELLER} $(ResellerWhat)
      ${EndIf}
    ${ElseIf} $Name == "/RESELLERFILE"
      !insertmacro TakePath $ResellerFile
    ${ElseIf} $Name == "/PLUGINS"
    ${OrIf} $Name == "/D"
      !insertmacro TakePath $INSTDIR
    ${Else}
      !insertmacro Fail ${EXIT_FLAG} $(FlagWrong)
    ${EndIf}
  ${Loop}
  ${If} $ResellerFile != ""
  ${AndIf} $Reseller == ""
    !insertmacro Fail ${EXIT_FLAG} $(ResellerFileAlone)
  ${EndIf}
FunctionEnd

; $0: a path. By its drive, with backslashes, without one at its end: a relative one would depend on where we stand.
Function Whole
  System::Call 'kernel32::GetFullPathNameW(w r0, i ${NSIS_MAX_STRLEN}, w .r1, p 0) i .r2'
  ${If} $2 > 0
    StrCpy $0 $1
  ${EndIf}
  StrCpy $1 $0 1 -1
  ${If} $1 == "\"
    StrCpy $0 $0 -1
  ${EndIf}
FunctionEnd
