using RemoteStore.Tool.Commands;

return ToolCommands.Create(Console.Out, Console.Error).Parse(args).Invoke();
