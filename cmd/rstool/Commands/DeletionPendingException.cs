namespace RemoteStore.Tool.Commands;

/// <summary>Data cannot be brought in now, because some of it would be deleted at once.</summary>
internal sealed class DeletionPendingException(string message) : IOException(message);
