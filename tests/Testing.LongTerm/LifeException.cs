namespace RemoteStore.Testing.LongTerm;

/// <summary>A life of blocks did not go as it has to.</summary>
public sealed class LifeException(string message, Exception? innerException = null) : Exception(message, innerException);
