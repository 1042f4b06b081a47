namespace RemoteStore.PromQL.Testing;

/// <summary>A script that is not well formed, or that asks for something impossible.</summary>
public sealed class ScriptException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="line">Line of the script, from 1.</param>
    /// <param name="message">What is wrong.</param>
    public ScriptException(int line, string message)
        : base($"line {line}: {message}") => Line = line;

    /// <summary>Line of the script, from 1.</summary>
    public int Line { get; }
}
