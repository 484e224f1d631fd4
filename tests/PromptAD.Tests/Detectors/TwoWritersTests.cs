using PromptAD.Detectors;
using PromptAD.Files;

namespace PromptAD.Tests.Detectors;

public sealed class TwoWritersTests : DetectorTest
{
    [Fact]
    public void The_second_of_two_writers_is_refused_and_the_first_ones_work_stays()
    {
        using AnomalyDetector first = AnomalyDetector.Load(File, Backbone), second = AnomalyDetector.Load(File, Backbone);
        Move(first, 0.7f);
        Move(second, 0.8f);
        first.Save(File);
        byte[] saved = System.IO.File.ReadAllBytes(File);

        string message = Assert.Throws<PromptADException>(() => second.Save(File)).Message;

        Assert.StartsWith($"'{File}' was changed meanwhile", message);
        Assert.Contains("Load it again", message);
        Assert.Equal(saved, System.IO.File.ReadAllBytes(File));
        Move(first, 0.9f);
        first.Save(File); // again, of what it saved itself
        second.Save(InFolder("other.promptad"));
        Assert.Equal((0.9f, 0.8f), (NG(File), NG(InFolder("other.promptad"))));
        Assert.Equal([], Left());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_of_earlier_programs_without_a_hash_counts_by_its_content(bool isTouchedAlone)
    {
        Rewrite();
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        if (isTouchedAlone) System.IO.File.SetLastWriteTimeUtc(File, DateTime.UtcNow.AddHours(1));
        else Rewrite(metadata: json => json["object_name"] = "other");
        if (isTouchedAlone) detector.Save(File);
        else Assert.Throws<PromptADException>(() => detector.Save(File));
    }

    [Fact]
    public void Another_way_to_the_file_is_the_same_file_and_one_that_is_gone_is_written_again()
    {
        string link = InFolder("link.promptad");
        System.IO.File.CreateSymbolicLink(link, File);
        using AnomalyDetector first = AnomalyDetector.Load(File, Backbone), second = AnomalyDetector.Load(link, Backbone);
        Move(first, 0.7f);
        Move(second, 0.8f);
        first.Save(link);
        Assert.Throws<PromptADException>(() => second.Save(File));
        System.IO.File.Delete(File);
        second.Save(File);
        Assert.Equal(0.8f, NG(File));
    }

    [Fact]
    public void What_was_not_there_when_a_command_began_is_not_replaced()
    {
        string other = InFolder("new.promptad");
        FileContent before = FileContent.Of(other);
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        System.IO.File.WriteAllText(other, "somebody's");
        Assert.Contains("changed meanwhile", Assert.Throws<PromptADException>(() => detector.Save(other, before)).Message);
        Assert.Equal("somebody's", System.IO.File.ReadAllText(other));
        detector.Save(other, FileContent.Of(other));
        Assert.Null(Record.Exception(() => Detector.Load(other)));
    }

    [Fact]
    public void Of_writers_at_once_one_wins_and_the_others_are_told()
    {
        for (int round = 0; round < 5; round++)
        {
            DetectorFile[] writers = [.. Enumerable.Range(0, 8).Select(_ => DetectorFile.Open(File))];
            var saved = new bool[writers.Length];
            Thread[] threads = [.. writers.Select((file, i) => new Thread(() =>
            {
                try
                {
                    file.Save(file.Detector with { Metadata = file.Detector.Metadata with { ObjectName = $"{round}.{i}" } });
                    saved[i] = true;
                }
                catch (PromptADException e) when (e.Message.Contains("changed meanwhile"))
                {
                    // told
                }
            }))];
            foreach (Thread thread in threads) thread.Start();
            foreach (Thread thread in threads) thread.Join();
            int winner = Assert.Single(Enumerable.Range(0, saved.Length), i => saved[i]);
            Assert.Equal($"{round}.{winner}", Detector.Load(File).Metadata.ObjectName);
        }
        Assert.Equal([], Left());
    }

    [Fact]
    public void One_writer_at_a_time_has_the_lock()
    {
        int inside = 0, most = 0;
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            using IDisposable turn = WriterLock.Take(File);
            int now = Interlocked.Increment(ref inside);
            if (now > 1) Interlocked.Exchange(ref most, now);
            Interlocked.Decrement(ref inside);
        });
        Assert.Equal(0, most);
        Assert.Equal([], Left());
    }

    [Fact]
    public void A_lock_that_a_killed_program_left_hinders_nobody_and_one_that_is_held_is_told_of()
    {
        System.IO.File.WriteAllText(WriterLock.PathFor(File), "");
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        detector.Save(File);
        Assert.Equal([], Left());
        using (WriterLock.Take(File))
        {
            Assert.Contains("another program", Assert.Throws<IOException>(() => WriterLock.Take(File, TimeSpan.Zero)).Message);
        }
        WriterLock.Take(File, TimeSpan.Zero).Dispose();
    }

    private static void Move(AnomalyDetector detector, float ng) =>
        detector.SetLimits(new LimitOptions { ReviewScore = 0.1f, NGScore = ng, PixelScore = 0.5f });

    private static float NG(string path) => (float)Detector.Load(path).Metadata.Limits!.NG.Score;

    /// <summary>Hidden files that saving left behind.</summary>
    private string[] Left() => Directory.GetFiles(Path.GetDirectoryName(File)!, ".*");
}
