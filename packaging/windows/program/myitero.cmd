@echo off
"%~dp0program\node.exe" --max-semi-space-size=1 --v8-pool-size=1 --no-maglev "%~dp0program\plugin\terminal\start.js" %*
