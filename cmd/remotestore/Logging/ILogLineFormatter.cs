using System.Text;

namespace RemoteStore.Server.Logging;

/// <summary>Turns a log event into one line.</summary>
internal interface ILogLineFormatter
{
    /// <summary>Appends the line with its line feed.</summary>
    void Append(StringBuilder line, in LogFields fields);
}
