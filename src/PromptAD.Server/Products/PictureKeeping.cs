using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Imaging;
using PromptAD.Server.Audit;
using PromptAD.Server.Judging;
using PromptAD.Server.Operations;
using PromptAD.Server.Security;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Products;

/// <summary>Keeps pictures that products are taught with.</summary>
internal sealed class PictureKeeping(
    Changes changes, FileStore files, IDbContextFactory<ServiceContext> contexts, ServiceOptions options, TimeProvider clock)
{
    /// <summary>Whether a picture may be called so.</summary>
    /// <exception cref="ServiceException">It may not.</exception>
    public static void CheckName(string? name)
    {
        if (name?.Length > PictureRow.LongestName)
            throw ServiceException.Invalid($"The picture's name has {name.Length} characters; at most {PictureRow.LongestName} are taken.");
    }

    /// <summary>Whether there is such a product.</summary>
    /// <exception cref="ServiceException">There is none.</exception>
    public async Task DemandProductAsync(string product, CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        await DemandProductAsync(db, product, cancellation);
    }

    /// <summary>Keeps a picture; the same one for the same use is kept once.</summary>
    /// <exception cref="PromptADException">The bytes are no picture.</exception>
    /// <exception cref="ServiceException">There is no such product.</exception>
    public async Task<(PictureRow Row, bool IsNew)> KeepAsync(
        ClaimsPrincipal who, string product, PictureUse use, string? name, PictureMedia media, byte[] bytes, CancellationToken cancellation)
    {
        Check(media, bytes, cancellation);
        string hash = await Task.Run(() => files.Keep(bytes), cancellation);
        return await changes.MakeAsync(
            who.Actor(),
            async (db, notes) =>
            {
                await DemandProductAsync(db, product, cancellation);
                PictureRow? same = await db.Pictures.FirstOrDefaultAsync(
                    one => one.ProductId == product && one.Use == use && one.Hash == hash, cancellation);
                if (same is not null) return (same, false);
                var added = new PictureRow
                {
                    ProductId = product,
                    Use = use,
                    Hash = hash,
                    MediaType = media.Text,
                    Length = bytes.Length,
                    Name = name,
                    AddedBy = who.NameOf(),
                    Added = clock.Now(),
                };
                db.Pictures.Add(added);
                notes.Add("picture.added", $"product {product}", null, new { Use = use, Hash = hash, Name = name });
                return (added, true);
            },
            cancellation);
    }

    private static async Task DemandProductAsync(ServiceContext db, string product, CancellationToken cancellation)
    {
        if (!await db.Products.AnyAsync(one => one.Id == product, cancellation)) throw ServiceException.UnknownProduct(product);
    }

    /// <summary>What is no picture shall be known now, not when it is learned from.</summary>
    private void Check(PictureMedia media, byte[] bytes, CancellationToken cancellation)
    {
        long most = options.MaxPictureMegapixels * 1_000_000L;
        if (media.Frame is not { } shape)
        {
            PictureDecoder.Decode(bytes, most, default, cancellation).Dispose();
            return;
        }
        _ = shape.Of(bytes);
        if ((long)shape.Width * shape.Height > most)
        {
            throw new PromptADException(
                Problem.OutOfRange,
                $"The frame has {shape.Width} x {shape.Height} pixels; at most {options.MaxPictureMegapixels} million are taken.");
        }
    }
}
