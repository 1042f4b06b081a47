namespace RemoteStore.Tool.Commands;

/// <summary>What a command has to do with outside of files.</summary>
/// <param name="Output">What was found or done.</param>
/// <param name="Errors">Progress, and why something could not be done.</param>
/// <param name="Variable">The environment: value of a variable, null when there is none.</param>
internal sealed record ToolSurroundings(TextWriter Output, TextWriter Errors, Func<string, string?> Variable)
{
    /// <summary>Tells why a command ends.</summary>
    public void Fail(Exception e) => Errors.WriteLine($"rstool: {e.Message}");
}
