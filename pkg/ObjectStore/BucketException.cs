namespace RemoteStore.ObjectStore;

/// <summary>An operation on a bucket did not succeed. The message says what was attempted on what, and why it failed.</summary>
public class BucketException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="operation">What was attempted: <c>read</c>, <c>write</c>, …</param>
    /// <param name="key">On which object or prefix.</param>
    /// <param name="reason">Why it failed.</param>
    /// <param name="isTransient">True when trying again may help.</param>
    /// <param name="innerException">Cause.</param>
    public BucketException(string operation, string key, string reason, bool isTransient, Exception? innerException = null)
        : base($"{operation} {key}: {reason}", innerException)
    {
        Operation = operation;
        Key = key;
        IsTransient = isTransient;
    }

    /// <summary>What was attempted.</summary>
    public string Operation { get; }

    /// <summary>On which object or prefix.</summary>
    public string Key { get; }

    /// <summary>True when trying again may help.</summary>
    public bool IsTransient { get; }
}

/// <summary>There is no object of that key.</summary>
public sealed class ObjectNotFoundException(string operation, string key, Exception? innerException = null)
    : BucketException(operation, key, "no such object", isTransient: false, innerException);

/// <summary>There is an object of that key already.</summary>
public sealed class ObjectExistsException(string key, Exception? innerException = null)
    : BucketException("write", key, "the object exists", isTransient: false, innerException);

/// <summary>The store refuses the credentials, or they do not allow the operation.</summary>
public sealed class BucketAccessException(string operation, string key, string reason, Exception? innerException = null)
    : BucketException(operation, key, reason, isTransient: false, innerException);
