using System.Diagnostics.CodeAnalysis;

namespace RemoteStore.Api.RemoteRead;

/// <summary>Ends a remote read with a status and a text.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "An error without a status has no answer.")]
[SuppressMessage("Design", "CA1064:Exceptions should be public", Justification = "Caught where requests enter this assembly.")]
internal sealed class RemoteReadException(int statusCode, string message) : Exception(message)
{
    public int StatusCode { get; } = statusCode;
}
