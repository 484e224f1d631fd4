using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace PromptAD.Server.Storage;

/// <summary>The keys that sign-ins and secrets are protected with, in the bucket that all nodes share.</summary>
internal sealed class BucketKeys(BucketStore bucket) : IXmlRepository
{
    private const string Folder = "keys/";

    /// <inheritdoc/>
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. bucket.ReadAllShared(Folder).Select(one => XElement.Load(new MemoryStream(one, writable: false)))];

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName) => bucket.WriteShared(
        $"{Folder}{Guid.NewGuid():N}.xml", Encoding.UTF8.GetBytes(element.ToString(SaveOptions.DisableFormatting)));
}
