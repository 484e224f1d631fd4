namespace Camera;

/// <summary>
/// Where pictures come from. Put your camera's SDK behind it: start the acquisition when <see cref="TakeAsync"/> is called, return each
/// frame as it comes, and end the acquisition in a <c>finally</c>, since the caller may stop at any picture.
/// </summary>
internal interface IPictureSource
{
    /// <summary>Pictures, one after the other, until the camera has no more or it is cancelled.</summary>
    /// <exception cref="IOException">The camera does not answer. It is asked again a while later.</exception>
    IAsyncEnumerable<TakenPicture> TakeAsync(CancellationToken cancellation);
}

/// <summary>A picture that a camera has taken.</summary>
/// <param name="Bytes">The samples of a raw frame, or the bytes of a picture file.</param>
/// <param name="MediaType">
/// What they are: for a raw frame <c>application/x-camera-frame</c> with its shape; null for a file, whose kind the service finds out.
/// </param>
/// <param name="Key">
/// What tells this picture from all others of the station, such as the camera's start time and the frame's number. Sent again under the
/// same key, it is inspected once.
/// </param>
/// <param name="Part">What the part is called; null for nothing.</param>
internal sealed record TakenPicture(byte[] Bytes, string? MediaType, string Key, string? Part);
