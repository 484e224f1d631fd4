using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using PromptAD.Client;
using PromptAD.Server.Audit;
using PromptAD.Server.Jobs;
using PromptAD.Server.Judging;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;
using PromptAD.Server.Tests.Fixtures;
using PromptAD.Server.Worker;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Jobs;

/// <summary>Jobs in their worker process: what they make, and what is left where they end early.</summary>
public sealed class JobTests(TinyBackbone backbone) : TemporaryFolder
{
    [Fact]
    public async Task Feedback_learns_from_reviewed_inspections_and_keeps_defects()
    {
        await using ServiceUnderTest service = await StartAsync();
        await service.ImportAsync("plate", backbone);
        InspectionResult unusual = await JudgeAsync(service.Administrator, "plate", TestPictures.Defect(1));
        InspectionResult defect = await JudgeAsync(service.Administrator, "plate", Upside(TestPictures.Defect(2)));
        Assert.Equal((InspectionVerdict.NG, InspectionVerdict.NG), (unusual.Verdict, defect.Verdict));
        await ReviewAsync(service, unusual.Id, ReviewedAs.Good);
        await ReviewAsync(service, defect.Id, ReviewedAs.Defect);
        // Moved limits learn nothing, so what was reviewed before them still counts.
        await PostAsync<VersionInfo>(service.Administrator, "/api/products/plate/versions/1/limits", new LimitRates { ReviewRate = 0.06 });

        JobInfo job = await service.DoAsync("plate", new NewJob { Kind = JobKind.Feedback, Version = 2, Activate = true, Force = true });

        Assert.True(job.State == JobState.Completed, job.Error);
        VersionInfo learned = await GetAsync<VersionInfo>(service.Administrator, "/api/products/plate/versions/3");
        Assert.Equal((VersionOrigin.Feedback, 2, job.Id), (learned.Origin, learned.From, learned.Job));
        Assert.Equal(1, learned.Detector.GetProperty("feedback_pictures").GetInt32());
        Assert.Equal(1, learned.Detector.GetProperty("kept_defects").GetInt32());
        InspectionResult again = await JudgeAsync(service.Administrator, "plate", TestPictures.Defect(1));
        Assert.True(again.Score < unusual.Score, $"{again.Score} {unusual.Score}");
        // What was reviewed before the version was made is not learned again.
        JobInfo second = await service.DoAsync("plate", new NewJob { Kind = JobKind.Feedback });
        Assert.Equal(JobState.Failed, second.State);
        Assert.Contains("nothing to learn from", second.Error);
    }

    [Theory]
    [InlineData("gray8", 1)]
    [InlineData("bgr24", 3)]
    [InlineData("bayerRG8", 1)]
    public async Task Raw_frames_are_learned_from_calibrated_with_and_kept_as_defects(string format, int bytesPerPixel)
    {
        await using ServiceUnderTest service = await StartAsync();
        await PostAsync<ProductInfo>(service.Administrator, "/api/products", new NewProduct("plate"));
        string type = $"{PictureMedia.RawFrame}; width={TestPictures.Width}; height={TestPictures.Height}; format={format}";
        for (int i = 0; i < 4; i++) await Teach(i, "good");
        for (int i = 10; i < 34; i++) await Teach(i, "calibration");
        JobInfo trained = await service.DoAsync("plate", new NewJob { Kind = JobKind.Train });
        Assert.True(trained.State == JobState.Completed, trained.Error);
        JobInfo calibrated = await service.DoAsync("plate", new NewJob { Kind = JobKind.Calibrate, Activate = true });
        Assert.True(calibrated.State == JobState.Completed, calibrated.Error);
        InspectionResult good = await Judge(Frame(100, hasDefect: false)), unusual = await Judge(Frame(1, hasDefect: true));
        InspectionResult defect = await Judge([.. Frame(2, hasDefect: true).Reverse()]);
        Assert.True(good.Score < unusual.Score, $"{good.Score} {unusual.Score}");
        await ReviewAsync(service, unusual.Id, ReviewedAs.Good);
        await ReviewAsync(service, defect.Id, ReviewedAs.Defect);

        JobInfo job = await service.DoAsync("plate", new NewJob { Kind = JobKind.Feedback, Activate = true, Force = true });

        Assert.True(job.State == JobState.Completed, job.Error);
        Assert.DoesNotContain(job.Warnings, one => one.Contains("frame"));
        VersionInfo learned = await GetAsync<VersionInfo>(service.Administrator, "/api/products/plate/versions/3");
        Assert.Equal(1, learned.Detector.GetProperty("kept_defects").GetInt32());
        Assert.Equal(1, learned.Detector.GetProperty("feedback_pictures").GetInt32());
        InspectionResult again = await Judge(Frame(1, hasDefect: true));
        Assert.True(again.Score < unusual.Score, $"{again.Score} {unusual.Score}");
        Assert.Contains("bytes are too few", await Refused(
            HttpStatusCode.BadRequest, service.Administrator.PostAsync("/api/products/plate/pictures", Bytes([1, 2], type))));

        byte[] Frame(int seed, bool hasDefect) => bytesPerPixel == 3
            ? TestPictures.Pixels(seed, hasDefect)
            : [.. TestPictures.Pixels(seed, hasDefect).Where((_, i) => i % 3 == 0)];

        async Task Teach(int seed, string use) => await Ok(
            service.Administrator.PostAsync($"/api/products/plate/pictures?use={use}", Bytes(Frame(seed, hasDefect: false), type)));

        async Task<InspectionResult> Judge(byte[] frame) => await ReadAsync<InspectionResult>(
            await Ok(service.Administrator.PostAsync("/api/products/plate/inspections", Bytes(frame, type))));
    }

    [Fact]
    public async Task A_raw_frame_scores_the_same_as_the_file_that_is_made_of_it()
    {
        await using ServiceUnderTest service = await StartAsync();
        await service.ImportAsync("plate", backbone);
        foreach ((string format, int bytes) in (ValueTuple<string, int>[])[("gray8", 1), ("gray16", 2), ("mono12p", 2), ("rgb24", 3), ("bayerGB8", 1), ("bayerBG12Packed", 2)])
        {
            byte[] pixels = new byte[TestPictures.Width * TestPictures.Height * bytes];
            new Random(bytes).NextBytes(pixels);
            string type = $"{PictureMedia.RawFrame}; width={TestPictures.Width}; height={TestPictures.Height}; format={format}; bits=12", path = InFolder("frame");
            await File.WriteAllBytesAsync(path, pixels);

            byte[] file = WorkerFrames.Use(new WorkerPicture(path, "frame", type), Folder, File.ReadAllBytes);

            InspectionResult raw = await ReadAsync<InspectionResult>(
                await Ok(service.Administrator.PostAsync("/api/products/plate/inspections", Bytes(pixels, type))));
            Assert.Equal((format, raw.Score), (format, (await JudgeAsync(service.Administrator, "plate", file)).Score));
            Assert.False(File.Exists(path + ".png"));
        }
    }

    [Fact]
    public async Task A_job_that_fails_says_why_and_can_be_removed()
    {
        await using ServiceUnderTest service = await StartAsync();
        await PostAsync<ProductInfo>(service.Administrator, "/api/products", new NewProduct("plate"));

        JobInfo none = await service.DoAsync("plate", new NewJob { Kind = JobKind.Train });
        await service.SendPictureAsync("/api/products/plate/pictures?name=tiny.bmp", TestPictures.Good(1));
        JobInfo words = await service.DoAsync("plate", new NewJob { Kind = JobKind.Train, Defects = ["scratch"] });

        Assert.Equal((JobState.Failed, null), (none.State, none.Version));
        Assert.Contains("no pictures", none.Error);
        Assert.Contains("Service:TrainingProgram", words.Error);
        await Ok(service.Administrator.DeleteAsync($"/api/jobs/{none.Id}"));
        await Refused(HttpStatusCode.NotFound, service.Administrator.GetAsync($"/api/jobs/{none.Id}"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Folder, "work")));
        Assert.Contains("training", await Refused(
            HttpStatusCode.BadRequest,
            service.Administrator.PostAsJsonAsync("/api/products/plate/jobs", new NewJob { Kind = JobKind.Calibrate, Tiles = "2x2" }, ServiceJson.Options)));
    }

    [Fact]
    public async Task Pending_jobs_can_be_cancelled_and_asked_for_again()
    {
        await using ServiceUnderTest service = await StartAsync();
        await PostAsync<ProductInfo>(service.Administrator, "/api/products", new NewProduct("plate"));
        for (int i = 0; i < 3; i++) await service.SendPictureAsync("/api/products/plate/pictures", TestPictures.Good(i));

        JobInfo first = await PostAsync<JobInfo>(service.Administrator, "/api/products/plate/jobs", new NewJob { Kind = JobKind.Train });
        JobInfo second = await PostAsync<JobInfo>(service.Administrator, "/api/products/plate/jobs", new NewJob { Kind = JobKind.Train, Tiles = "1x2" });
        await Ok(service.Administrator.PostAsync($"/api/jobs/{second.Id}/cancel", null));
        await Ok(service.Administrator.PostAsync($"/api/jobs/{first.Id}/cancel", null));

        Assert.Equal(JobState.Canceled, (await service.EndOfAsync(first.Id)).State);
        Assert.Equal(JobState.Canceled, (await service.EndOfAsync(second.Id)).State);
        Assert.Equal(0, (await GetAsync<ProductInfo>(service.Administrator, "/api/products/plate")).Versions);
        JobInfo again = await ReadAsync<JobInfo>(await Ok(service.Administrator.PostAsync($"/api/jobs/{first.Id}/retry", null)));
        Assert.Equal(JobState.Completed, (await service.EndOfAsync(again.Id)).State);
        Assert.Contains("ended", await Refused(HttpStatusCode.Conflict, service.Administrator.PostAsync($"/api/jobs/{again.Id}/cancel", null)));
    }

    [Fact]
    public async Task A_job_that_was_running_when_the_service_was_killed_is_told_of_as_interrupted()
    {
        await using (ServiceUnderTest service = await StartAsync())
        {
            await PostAsync<ProductInfo>(service.Administrator, "/api/products", new NewProduct("plate"));
            await using ServiceContext db = await service.Services.GetRequiredService<IDbContextFactory<ServiceContext>>().CreateDbContextAsync();
            db.Jobs.Add(new JobRow
            {
                ProductId = "plate",
                Kind = JobKind.Train,
                Request = JsonSerializer.Serialize(new NewJob(), ServiceJson.Options),
                State = JobState.Running,
                CreatedBy = Name,
                Created = DateTime.UtcNow,
            });
            await db.SaveChangesAsync();
            Directory.CreateDirectory(Path.Combine(Folder, "work", "1"));
        }

        await using ServiceUnderTest again = await StartAsync();

        JobInfo job = await again.EndOfAsync(1);
        Assert.Equal(JobState.Interrupted, job.State);
        Assert.Contains("tried again", job.Error);
        Assert.False(Directory.Exists(Path.Combine(Folder, "work", "1")));
        await using ServiceContext trail = await again.Services.GetRequiredService<IDbContextFactory<ServiceContext>>().CreateDbContextAsync();
        Assert.Null((await AuditChain.VerifyAsync(trail, CancellationToken.None)).Problem);
    }

    [Fact]
    public async Task A_worker_ends_when_its_input_closes()
    {
        var job = new WorkerJob { Kind = JobKind.Train, ObjectName = "plate", BackboneStore = backbone.Folder, Backbone = TinyBackbone.Id, Output = InFolder("out") };
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => WorkerProcess.RunAsync(job, _ => { }, stop.Token));

        Assert.False(File.Exists(job.Output));
    }

    [Fact]
    public async Task A_worker_that_is_told_nonsense_says_so_in_one_line()
    {
        var written = new StringWriter();

        int code = await WorkerProgram.RunAsync(new StringReader("nonsense"), written);

        Assert.Equal(1, code);
        Assert.NotNull(JsonSerializer.Deserialize<WorkerLine>(written.ToString(), ServiceJson.Options)!.Error);
    }

    [Fact]
    public void What_looks_like_an_option_stays_a_name()
    {
        var job = new WorkerJob { Kind = JobKind.Train, ObjectName = "--store=/", Words = ["--output", "@file"], Output = "out" };

        Assert.Equal(["--object=--store=/", "--defect=--output", "--defect=@file"], WordTraining.Arguments(job).Where(word => word.Contains('=')));
    }

    private Task<ServiceUnderTest> StartAsync() =>
        ServiceUnderTest.StartAsync(Folder, backbone, settings: ["--Service:TrainingProgram=/nowhere/promptad"]);

    private static async Task ReviewAsync(ServiceUnderTest service, long id, ReviewedAs what) => await Ok(
        service.Administrator.PutAsJsonAsync($"/api/inspections/{id}/review", new ReviewRequest(what), ServiceJson.Options));

    private static byte[] Upside(byte[] bitmap) => [.. bitmap[..TestPictures.MediaHeader], .. bitmap[TestPictures.MediaHeader..].Reverse()];
}
