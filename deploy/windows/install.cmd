@echo off
rem Installs the Holdfast agent as a service. Run as administrator in the folder that holds holdfast-agent.exe (WinSW),
rem holdfast-agent.xml, node.exe and holdfast.cjs.
setlocal
set "DATA=%ProgramData%\Holdfast"
set "SERVICE=NT SERVICE\holdfast-agent"

"%~dp0holdfast-agent.exe" install || exit /b 1

rem A name of its own that files can be given to, also in folders that restrict tokens.
sc.exe sidtype holdfast-agent unrestricted || exit /b 1

rem Everything else that the token could do is taken out of it before the agent starts. SeDebugPrivilege: open other users'
rem processes to see what they execute. SeChangeNotifyPrivilege: pass through folders, without which no program starts.
sc.exe privs holdfast-agent SeDebugPrivilege/SeChangeNotifyPrivilege || exit /b 1

rem Configuration: read by the agent, written by administrators alone.
mkdir "%DATA%" 2>nul
icacls "%DATA%" /inheritance:r /grant:r "*S-1-5-32-544:(OI)(CI)F" "*S-1-5-18:(OI)(CI)F" "%SERVICE%:(OI)(CI)RX" || exit /b 1

rem Data and log: the agent and administrators, nobody else. Windows has no mode bits: this list is what guards the root key.
for %%F in (agent agent-checkpoints log) do (
  mkdir "%DATA%\%%F" 2>nul
  icacls "%DATA%\%%F" /inheritance:r /grant:r "*S-1-5-32-544:(OI)(CI)F" "*S-1-5-18:(OI)(CI)F" "%SERVICE%:(OI)(CI)M" || exit /b 1
)

sc.exe start holdfast-agent
