; The installer. It unpacks beside what is there, tries that it runs, and changes over in one step
; (packaging/windows/setup/change-over.ts): before it the old state works, after it the new one.
; Exit codes: docs/windows.md. Defined outside: OUTFILE VERSION SIZE_KB ICON PAYLOAD COMPRESSION LONGEST
Unicode true
Target amd64-unicode
SetCompressor /SOLID ${COMPRESSION}
SetDateSave on
; A file that is passed over would make a program that is not whole.
AllowSkipFiles off
ManifestDPIAware true
RequestExecutionLevel user
Name "$(Product)"
OutFile "${OUTFILE}"
BrandingText "$(Product) ${VERSION}"

!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include x64.nsh

!define PLUGIN myitero-import
!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\${PLUGIN}"
!define EXIT_RUNNING 3
!define EXIT_SPACE 4
!define EXIT_RIGHTS 5
!define EXIT_PATH 6
!define EXIT_STARTS_NOT 7
!define EXIT_RESELLER 8
!define EXIT_FAILED 9
!define EXIT_FLAG 10
!define DRIVE_REMOTE 4
!define SHARING_VIOLATION 32
; Of a host's plugin folder: what Windows takes without further ado, less what is below it.
!define LONGEST_PLUGINS 115

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_DIRECTORYPAGE_TEXT_TOP $(PluginsFolder)
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE English
!insertmacro MUI_LANGUAGE German
!include "${WORDS}"

VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=0 ProductName "MyiTero import"
VIAddVersionKey /LANG=0 FileDescription "MyiTero import ${VERSION}"
VIAddVersionKey /LANG=0 FileVersion "${VERSION}"
VIAddVersionKey /LANG=0 ProductVersion "${VERSION}"
VIAddVersionKey /LANG=0 LegalCopyright "MIT"

Var AllUsers
Var Asked     ; the flags as they were given
Var Home      ; the plugin's folder
Var Before    ; where it was installed before, if elsewhere
Var Fresh     ; the program that is being unpacked; empty: none
Var Number
Var Reseller
Var ResellerFile
Var Default
Var Open      ; 1: somebody has something of it open
Var Kept      ; the folder above the plugin's that was there before; empty: none was made
Var Told      ; what our own program says of its end
Var Left      ; what could not be taken away; empty: nothing
Var Purge
Var User      ; whose data are asked about
Var Waiting   ; orders of this user that are no cases yet
Var WaitingAt ; the folders of their files

; Says what is in the way, for a person and for the log, and ends. Nothing has changed.
!macro Fail code text
  !define ID ${__LINE__}
  StrCpy $9 "${text}"
  Call ${UN}Note
  !if "${UN}" == ""
    Call LeaveNothing
  !endif
  MessageBox MB_OK|MB_ICONSTOP "$9" /SD IDOK
  SetErrorLevel ${code}
  Quit
  !undef ID
!macroend

!macro SharedFunctions un
; Each run's own: what an earlier one said is not true of it.
Function ${un}BeginLog
  FileOpen $8 "$TEMP\myitero-import-setup.log" w
  FileWriteUTF16LE /BOM $8 ""
  FileClose $8
FunctionEnd

; Silent or not, how it went stands there.
Function ${un}Note
  FileOpen $8 "$TEMP\myitero-import-setup.log" a
  FileSeek $8 0 END
  FileWriteUTF16LE $8 "$9$\r$\n"
  FileClose $8
FunctionEnd

; Asks Windows for an administrator where somebody is there to answer; $9: the command line that it is started with. Comes
; back where there is one already, or where none is to be had: then the error flag is set.
Function ${un}AskForAdministrator
  ClearErrors
  UserInfo::GetAccountType
  Pop $1
  ${If} $1 == "Admin"
    Return
  ${EndIf}
  ; Where Windows does not ask, it starts it as it is.
  ReadEnvStr $1 MYITERO_IMPORT_SETUP_ASKED
  ${If} $1 == ""
  ${AndIfNot} ${Silent}
    System::Call 'kernel32::SetEnvironmentVariableW(w "MYITERO_IMPORT_SETUP_ASKED", w "1")'
    ClearErrors
    ExecShellWait "runas" "$EXEPATH" "$9"
    ${IfNot} ${Errors}
      Quit
    ${EndIf}
  ${EndIf}
  SetErrors
FunctionEnd

; Where the installer's own folder of plugins held $1 alone. Another's stays, also where nothing is in it any more.
Function ${un}RemoveEmptyDefault
  ${GetParent} $1 $1
  ${If} $1 == $Default
    RMDir "$Default"
    ${GetParent} $Default $1
    RMDir "$1"
  ${EndIf}
FunctionEnd

; $1: a file. Sets Open where it cannot be had alone.
Function ${un}Alone
  ${IfNot} ${FileExists} "$1"
    Return
  ${EndIf}
  System::Call 'kernel32::CreateFileW(w r1, i 0xC0000000, i 0, p 0, i 3, i 0x80, p 0) p .r2 ?e'
  Pop $3
  ${If} $2 != -1
    System::Call 'kernel32::CloseHandle(p r2)'
  ${ElseIf} $3 = ${SHARING_VIOLATION}
    StrCpy $Open 1
  ${EndIf}
FunctionEnd

; $0: the plugin's folder. Sets Open where one of its programs runs; a scanner of viruses may have a file for a moment.
Function ${un}LookWhetherOpen
  StrCpy $4 0
  again:
  StrCpy $Open 0
  FindFirst $5 $6 "$0\program*"
  ${DoWhile} $6 != ""
    StrCpy $1 "$0\$6\start.js"
    Call ${un}Alone
    StrCpy $1 "$0\$6\node.exe"
    Call ${un}Alone
    FindNext $5 $6
  ${Loop}
  FindClose $5
  ${If} $Open = 1
  ${AndIf} $4 < 5
    IntOp $4 $4 + 1
    Sleep 500
    Goto again
  ${EndIf}
FunctionEnd

; Renames $1 to $2; a scanner may have it for a moment. Sets the error flag.
Function ${un}RenamePatiently
  StrCpy $3 0
  again:
  ClearErrors
  Rename "$1" "$2"
  ${If} ${Errors}
  ${AndIf} $3 < 5
    IntOp $3 $3 + 1
    Sleep 300
    Goto again
  ${EndIf}
FunctionEnd

; $0: the plugin's folder. Takes away what is the installer's in it. Windows does not rename a folder in which somebody has a
; file open: then all of it stays. Left names what is still there.
Function ${un}TakeAway
  StrCpy $Left ""
  ${If} ${FileExists} "$0\plugin.json"
    StrCpy $1 "$0\plugin.json"
    StrCpy $2 "$0\plugin.json.gone"
    Delete "$2"
    Call ${un}RenamePatiently
    ${If} ${Errors}
      StrCpy $Left $1
      Return
    ${EndIf}
  ${EndIf}
  FindFirst $5 $6 "$0\program-*"
  ${DoWhile} $6 != ""
    StrCpy $7 $6 5 -5
    ${If} $7 != ".gone"
      StrCpy $1 "$0\$6"
      StrCpy $2 "$0\$6.gone"
      Call ${un}RenamePatiently
      ${If} ${Errors}
        StrCpy $Left $1
        ${ExitDo}
      ${EndIf}
    ${EndIf}
    FindNext $5 $6
  ${Loop}
  FindClose $5
  ${If} $Left != ""
    Call ${un}PutBack
    Return
  ${EndIf}
  Delete "$0\plugin.json.gone"
  Delete "$0\myitero.cmd"
  ${If} ${FileExists} "$0\myitero.cmd"
    StrCpy $Left "$0\myitero.cmd"
  ${EndIf}
  FindFirst $5 $6 "$0\program-*"
  ${DoWhile} $6 != ""
    RMDir /r "$0\$6"
    ${If} ${FileExists} "$0\$6\*.*"
      StrCpy $Left "$0\$6"
    ${EndIf}
    FindNext $5 $6
  ${Loop}
  FindClose $5
  ${If} $Left != ""
    Return
  ${EndIf}
  Delete "$0\uninstall.exe"
  RMDir "$0"
FunctionEnd

; $0: the plugin's folder, as it was.
Function ${un}PutBack
  FindFirst $5 $6 "$0\program-*"
  ${DoWhile} $6 != ""
    StrCpy $7 $6 5 -5
    ${If} $7 == ".gone"
      StrCpy $7 $6 -5
      Rename "$0\$6" "$0\$7"
    ${EndIf}
    FindNext $5 $6
  ${Loop}
  FindClose $5
  Rename "$0\plugin.json.gone" "$0\plugin.json"
FunctionEnd

; Our own program's last words: two lines at most, the second in $1.
Function ${un}ReadTold
  StrCpy $Told ""
  StrCpy $1 ""
  ClearErrors
  FileOpen $8 "$PLUGINSDIR\told.txt" r
  ${IfNot} ${Errors}
    FileReadUTF16LE $8 $Told
    FileReadUTF16LE $8 $1
    FileClose $8
  ${EndIf}
  !insertmacro WithoutLineEnd $Told
  !insertmacro WithoutLineEnd $1
FunctionEnd
!macroend
!macro WithoutLineEnd line
  StrCpy $8 ${line} 1 -1
  ${If} $8 == "$\n"
    StrCpy ${line} ${line} -1
  ${EndIf}
!macroend
!define UN ""
!insertmacro SharedFunctions ""
!include flags.nsh
!insertmacro FlagFunctions ""

; What was begun goes, and so do the folders that were made for it, as far as they are empty.
Function LeaveNothing
  SetDetailsPrint none
  ${If} $Fresh != ""
    SetOutPath $TEMP
    RMDir /r "$Fresh"
    StrCpy $Fresh ""
  ${EndIf}
  ${If} $Kept != ""
    StrCpy $0 $Home
    ${DoWhile} $0 != $Kept
      ClearErrors
      RMDir "$0"
      ${If} ${Errors}
        ${ExitDo}
      ${EndIf}
      ${GetParent} $0 $0
    ${Loop}
  ${EndIf}
  SetDetailsPrint both
FunctionEnd

Function .onInit
  SetRegView 64
  StrCpy $Fresh ""
  StrCpy $Kept ""
  Call BeginLog
  Call ReadFlags
  ${IfNot} ${RunningX64}
    !insertmacro Fail ${EXIT_STARTS_NOT} $(StartsNot)
  ${EndIf}
  ${If} $AllUsers = 0
    SetShellVarContext current
    StrCpy $Default "$LOCALAPPDATA\Programs\MyiTero host\plugins"
    StrCpy $0 "$LOCALAPPDATA\MyiTero host\reseller.json"
  ${Else}
    SetShellVarContext all
    StrCpy $Default "$PROGRAMFILES64\MyiTero host\plugins"
    StrCpy $0 "$APPDATA\MyiTero host\reseller.json"
    StrCpy $9 $Asked
    Call AskForAdministrator
    ${If} ${Errors}
      !insertmacro Fail ${EXIT_RIGHTS} $(NoAdministrator)
    ${EndIf}
  ${EndIf}
  ${If} $ResellerFile == ""
    StrCpy $ResellerFile $0
  ${EndIf}
  ReadRegStr $Before SHCTX "${KEY}" InstallLocation
  ${If} $INSTDIR == ""
  ${AndIf} $Before != ""
    ${GetParent} $Before $INSTDIR
  ${EndIf}
  ${If} $INSTDIR == ""
    StrCpy $INSTDIR $Default
  ${EndIf}
FunctionEnd

Section
  StrCpy $0 $INSTDIR
  Call Whole
  StrCpy $INSTDIR $0
  ; Named the plugin's own folder, the one that it is in is meant: one in the other no host would find.
  ${GetFileName} $INSTDIR $0
  ${DoWhile} $0 == "${PLUGIN}"
    ${GetParent} $INSTDIR $INSTDIR
    ${GetFileName} $INSTDIR $0
  ${Loop}
  StrCpy $Home "$INSTDIR\${PLUGIN}"
  ; Node's permissions know a share by another name than the one that it is started by.
  StrCpy $0 $Home 2
  StrCpy $1 $Home 3
  System::Call 'kernel32::GetDriveTypeW(w r1) i .r2'
  ${If} $0 == "\\"
  ${OrIf} $2 = ${DRIVE_REMOTE}
    !insertmacro Fail ${EXIT_PATH} $(OnShare)
  ${EndIf}
  StrLen $0 $INSTDIR
  ${If} $0 > ${LONGEST_PLUGINS}
    !insertmacro Fail ${EXIT_PATH} $(TooLong)
  ${EndIf}
  running:
  StrCpy $0 $Home
  Call LookWhetherOpen
  ${If} $Open = 0
  ${AndIf} $Before != ""
    StrCpy $0 $Before
    Call LookWhetherOpen
  ${EndIf}
  ${If} $Open = 1
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION $(Running) /SD IDCANCEL IDRETRY running
    StrCpy $9 $(Running)
    Call Note
    SetErrorLevel ${EXIT_RUNNING}
    Quit
  ${EndIf}
  StrCpy $Kept $Home
  ${DoUntil} ${FileExists} "$Kept\*.*"
    ${GetParent} $Kept $Kept
    ${If} $Kept == ""
      StrCpy $Kept "no folder"
      ${ExitDo}
    ${EndIf}
  ${Loop}
  ClearErrors
  CreateDirectory "$Home"
  ${If} ${Errors}
    !insertmacro Fail ${EXIT_RIGHTS} $(NoRights)
  ${EndIf}
  FileOpen $0 "$Home\setup.tmp" w
  ${If} ${Errors}
    !insertmacro Fail ${EXIT_RIGHTS} $(NoRights)
  ${EndIf}
  FileClose $0
  Delete "$Home\setup.tmp"
  Call RoomOrFail

  ; Beside what is there: also beside what an installation left that did not come to its end.
  StrCpy $Number 0
  ${Do}
    IntOp $Number $Number + 1
  ${LoopWhile} ${FileExists} "$Home\program-$Number"
  StrCpy $Fresh "$Home\program-$Number"
  ClearErrors
  !include "${PAYLOAD}"
  StrCpy $0 0
  ${If} ${Errors}
    StrCpy $0 1
  ${EndIf}
  ; That folder would stand in the window as if it were the plugin's.
  SetDetailsPrint none
  SetOutPath $TEMP
  SetDetailsPrint both
  DetailPrint "$Home"
  ${If} $0 = 1
    Call RoomOrFail
    !insertmacro Fail ${EXIT_FAILED} $(NotUnpacked)
  ${EndIf}

  nsExec::Exec '"$Fresh\node.exe" "$Fresh\packaging\windows\setup\setup.js" try'
  Pop $0
  ${If} $0 != 0
    !insertmacro Fail ${EXIT_STARTS_NOT} $(StartsNot)
  ${EndIf}
  ; Put in its place by the same step as the program: what is installed can always be uninstalled.
  WriteUninstaller "$Fresh\root\uninstall.exe"
  StrCpy $1 ""
  ${If} $Reseller != ""
    StrCpy $1 '$Reseller "$ResellerFile"'
  ${EndIf}
  nsExec::Exec '"$Fresh\node.exe" "$Fresh\packaging\windows\setup\setup.js" --tell "$PLUGINSDIR\told.txt" change-over "$Home" program-$Number $1'
  Pop $0
  Call ReadTold
  ${If} $0 = 21
    !insertmacro Fail ${EXIT_RESELLER} $(ResellerInvalid)
  ${ElseIf} $0 = 24
    !insertmacro Fail ${EXIT_RESELLER} $(ResellerNotJson)
  ${ElseIf} $0 = 25
    !insertmacro Fail ${EXIT_RESELLER} $(ResellerUnwritable)
  ${ElseIf} $0 = 22
    !insertmacro Fail ${EXIT_RIGHTS} $(NoRights)
  ${ElseIf} $0 = 23
    !insertmacro Fail ${EXIT_SPACE} $(NoSpace)
  ${ElseIf} $0 != 0
    !insertmacro Fail ${EXIT_FAILED} $(NotUnpacked)
  ${EndIf}
  StrCpy $Fresh ""

  WriteRegStr SHCTX "${KEY}" DisplayName "MyiTero import"
  WriteRegStr SHCTX "${KEY}" DisplayVersion "${VERSION}"
  WriteRegStr SHCTX "${KEY}" DisplayIcon "$Home\uninstall.exe"
  WriteRegStr SHCTX "${KEY}" Publisher "MyiTero import"
  WriteRegStr SHCTX "${KEY}" InstallLocation "$Home"
  WriteRegStr SHCTX "${KEY}" UninstallString '"$Home\uninstall.exe"'
  WriteRegStr SHCTX "${KEY}" QuietUninstallString '"$Home\uninstall.exe" /S'
  WriteRegDWORD SHCTX "${KEY}" EstimatedSize ${SIZE_KB}
  WriteRegDWORD SHCTX "${KEY}" NoModify 1
  WriteRegDWORD SHCTX "${KEY}" NoRepair 1
  ${If} $Before != ""
  ${AndIf} $Before != $Home
    StrCpy $0 $Before
    Call TakeAway
    ${If} $Left != ""
      StrCpy $9 $(StillThere)
      Call Note
    ${EndIf}
    StrCpy $1 $Before
    Call RemoveEmptyDefault
  ${EndIf}
  StrCpy $9 $(Installed)
  Call Note
  SetErrorLevel 0
SectionEnd

; What is unpacked, and as much again that Windows needs itself.
Function RoomOrFail
  System::Call 'kernel32::GetDiskFreeSpaceExW(w "$Home", *l .r1, p 0, p 0) i .r2'
  ${If} $2 = 0
    Return
  ${EndIf}
  System::Int64Op $1 / 1024
  Pop $1
  IntOp $3 ${SIZE_KB} + 20000
  System::Int64Op $1 < $3
  Pop $2
  ${If} $2 = 1
    !insertmacro Fail ${EXIT_SPACE} $(NoSpace)
  ${EndIf}
FunctionEnd

; The installer's own end, for instance at a file that cannot be written.
Function .onInstFailed
  Call LeaveNothing
  StrCpy $9 $(NotUnpacked)
  Call Note
  SetErrorLevel ${EXIT_FAILED}
FunctionEnd

!undef UN
!define UN "un."
!insertmacro SharedFunctions "un."
!insertmacro FlagFunctions "un."

Function un.onInit
  SetRegView 64
  StrCpy $Fresh ""
  Call un.BeginLog
  ; As it was installed, not by a short name.
  System::Call 'kernel32::GetLongPathNameW(w "$INSTDIR", w .r1, i ${NSIS_MAX_STRLEN}) i .r2'
  ${If} $2 <> 0
    StrCpy $INSTDIR $1
  ${EndIf}
  Call un.ReadCommandLine
  StrCpy $Asked $Parameters
  StrCpy $Purge 0
  ${Do}
    Call un.NextFlag
    ${If} $Word == ""
      ${ExitDo}
    ${EndIf}
    ${If} $Word == "/S"
      SetSilent silent
    ${ElseIf} $Word == "/PURGE"
      StrCpy $Purge 1
    ${ElseIf} $Word != "/NCRC"
      !insertmacro Fail ${EXIT_FLAG} $(FlagWrong)
    ${EndIf}
  ${Loop}
  SetShellVarContext all
  StrCpy $Default "$PROGRAMFILES64\MyiTero host\plugins"
  ReadRegStr $0 SHCTX "${KEY}" InstallLocation
  ${If} $0 != $INSTDIR
    SetShellVarContext current
    StrCpy $Default "$LOCALAPPDATA\Programs\MyiTero host\plugins"
  ${Else}
    StrCpy $9 "$Asked _?=$INSTDIR"
    Call un.AskForAdministrator
    ${If} ${Errors}
      !insertmacro Fail ${EXIT_RIGHTS} $(NoAdministratorToRemove)
    ${EndIf}
  ${EndIf}
FunctionEnd

Section Uninstall
  running:
  StrCpy $0 $INSTDIR
  Call un.LookWhetherOpen
  ${If} $Open = 1
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION $(Running) /SD IDCANCEL IDRETRY running
    StrCpy $9 $(Running)
    Call un.Note
    SetErrorLevel ${EXIT_RUNNING}
    Quit
  ${EndIf}
  ClearErrors
  FileOpen $0 "$INSTDIR\setup.tmp" w
  ${If} ${Errors}
    !insertmacro Fail ${EXIT_RIGHTS} $(NoRightsToRemove)
  ${EndIf}
  FileClose $0
  Delete "$INSTDIR\setup.tmp"
  ${If} $Purge = 0
  ${AndIfNot} ${Silent}
    UserInfo::GetName
    Pop $User
    Call un.CountWaiting
    StrCpy $9 $(RemoveData)
    ${If} $Waiting > 0
      StrCpy $9 "$9$\r$\n$\r$\n$(WouldBeLost)"
    ${EndIf}
    MessageBox MB_YESNO|MB_DEFBUTTON2|MB_ICONQUESTION "$9" IDNO kept
    StrCpy $Purge 1
    kept:
  ${ElseIf} $Purge = 1
    Call un.CountWaiting
  ${EndIf}
  ${If} $Purge = 1
    Call un.RemoveData
  ${EndIf}
  SetOutPath $TEMP
  StrCpy $0 $INSTDIR
  Call un.TakeAway
  ; The entry stays with it, so that it can be tried again.
  ${If} $Left != ""
    !insertmacro Fail ${EXIT_FAILED} $(StillThere)
  ${EndIf}
  DeleteRegKey SHCTX "${KEY}"
  ; It may have been installed here for this user before it was for all.
  ReadRegStr $0 HKCU "${KEY}" InstallLocation
  ${If} $0 == $INSTDIR
    DeleteRegKey HKCU "${KEY}"
  ${EndIf}
  StrCpy $1 $INSTDIR
  Call un.RemoveEmptyDefault
  StrCpy $9 $(Removed)
  Call un.Note
SectionEnd

; Where no program there runs, nothing is known.
Function un.CountWaiting
  InitPluginsDir
  StrCpy $Waiting 0
  StrCpy $WaitingAt ""
  FindFirst $5 $6 "$INSTDIR\program-*"
  ${DoWhile} $6 != ""
    nsExec::Exec '"$INSTDIR\$6\node.exe" "$INSTDIR\$6\packaging\windows\setup\setup.js" --tell "$PLUGINSDIR\told.txt" waiting'
    Pop $1
    ${If} $1 = 0
      Call un.ReadTold
      StrCpy $Waiting $Told
      StrCpy $WaitingAt $1
      ${ExitDo}
    ${EndIf}
    FindNext $5 $6
  ${Loop}
  FindClose $5
FunctionEnd

; By the one of the programs there that runs; or ends, before anything of the program is taken away.
Function un.RemoveData
  InitPluginsDir
  StrCpy $1 1
  FindFirst $5 $6 "$INSTDIR\program-*"
  ${DoWhile} $6 != ""
    nsExec::Exec '"$INSTDIR\$6\node.exe" "$INSTDIR\$6\packaging\windows\setup\setup.js" --tell "$PLUGINSDIR\told.txt" remove-data'
    Pop $1
    ${If} $1 = 0
    ${OrIf} $1 = 26
    ${OrIf} $1 = 27
      ${ExitDo}
    ${EndIf}
    FindNext $5 $6
  ${Loop}
  FindClose $5
  StrCpy $2 $1
  Call un.ReadTold
  ${If} $2 = 0
    StrCpy $9 $(DataRemoved)
    Call un.Note
    ${If} $Waiting > 0
      StrCpy $9 $(WereLost)
      Call un.Note
    ${EndIf}
    Return
  ${ElseIf} $2 = 26
    !insertmacro Fail ${EXIT_FAILED} $(DataLeft)
  ${ElseIf} $2 = 27
    !insertmacro Fail ${EXIT_FAILED} $(SignInLeft)
  ${EndIf}
  !insertmacro Fail ${EXIT_FAILED} $(DataNotTried)
FunctionEnd
